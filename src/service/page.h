#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/ids.h"

namespace millrace::service {

/// Which part of a list is wanted.
struct PageRequest {
  std::size_t limit = 100;
  std::optional<std::string> cursor;  // Page::next of the page before
};

/// A part of a list; `next` is empty at its end.
template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;
};

/// With the data version that it stands on: all commits up to this one are in it.
template <class T>
struct VersionedPage : Page<T> {
  model::CommitId commit{};
};

/// Cursors are base64url of a place in the list, so that nobody takes them for an API.
std::string to_cursor(std::string_view place);
/// Errors: malformed.
base::Result<std::string> from_cursor(std::string_view cursor);
/// The place as a whole number. Errors: malformed.
base::Result<std::int64_t> number_from_cursor(std::string_view cursor);
/// The cursor's place, or `otherwise` without one.
base::Result<std::string> place_of(const PageRequest& page);
base::Result<std::int64_t> number_of(const PageRequest& page);

/// A page of a list that is at hand as a whole, by places; `from` is number_of().
template <class T>
Page<T> cut(std::vector<T> all, std::int64_t from, std::size_t limit) {
  const auto size = static_cast<std::int64_t>(all.size());
  const std::int64_t begin = std::clamp<std::int64_t>(from, 0, size);
  const std::int64_t end = begin + std::min(size - begin, static_cast<std::int64_t>(limit));
  Page<T> page;
  page.items.assign(std::move_iterator(all.begin() + begin), std::move_iterator(all.begin() + end));
  if (end < size) page.next = to_cursor(std::to_string(end));
  return page;
}

/// The one of `known` nearest to `word` as "Did you mean …?", or empty when none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

/// Capital letters as small ones, of all scripts that have both.
std::string lower_case(std::string_view text);
/// Whether every word of `query` occurs in `text`; both in small letters.
bool has_words(std::string_view query, std::string_view text);
/// Whether every word of `query` occurs in one of the texts, in any case.
bool matches_words(std::string_view query, std::string_view name, std::string_view title);

}  // namespace millrace::service
