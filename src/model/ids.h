#pragma once

#include <cstdint>

namespace millrace::model {

/// Number of a series in the store's dictionary, from 1; never reused.
enum class SeriesId : std::int32_t {};
/// Number of a store commit, from 1, strictly rising; the data version.
enum class CommitId : std::int64_t {};
/// Number of a batch in a spool epoch, from 1, without holes.
enum class Sequence : std::uint64_t {};

constexpr std::int32_t number(SeriesId id) { return static_cast<std::int32_t>(id); }
constexpr std::int64_t number(CommitId id) { return static_cast<std::int64_t>(id); }
constexpr std::uint64_t number(Sequence sequence) { return static_cast<std::uint64_t>(sequence); }
constexpr Sequence next(Sequence sequence) { return Sequence(number(sequence) + 1); }

}  // namespace millrace::model
