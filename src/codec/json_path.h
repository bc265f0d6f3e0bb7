#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/value.h"

namespace millrace::codec {

/// Where values stand in a JSON document. Written as a JSON Pointer (RFC 6901: "" is the whole
/// document, "/motor/0/temp"), or as a subset of JSONPath (RFC 9535): "$.motor[0]['temp']", with at
/// most one step over the items of an array or the members of an object: all of them "[*]", or
/// those of which a member equals a text, number, true or false: "$.values[?(@.id=='T1')].v".
class JsonPath {
 public:
  static constexpr std::size_t kTextMax = 500;

  /// Errors: invalid, with what it should look like.
  static base::Result<JsonPath> parse(std::string_view text);

  const std::string& text() const { return text_; }
  /// Whether it has a step over several.
  bool has_wildcard() const;
  /// Where the member stands that a selection goes by; empty without one. It has no text.
  std::optional<JsonPath> naming_member() const;
  /// Names, indices and what a member equals, in order: what people would call the value by.
  std::vector<std::string> words() const;

  struct Step {
    enum class Kind { kName, kIndex, kAll, kWhere };
    Kind kind = Kind::kName;
    std::string name;       // of a member; a pointer's "0" may be a member or an index
    std::size_t index = 0;  // of an array
    bool may_be_index = false;
    model::Value equals = {};  // kWhere: what the member is
    bool is_over_several() const { return kind == Kind::kAll || kind == Kind::kWhere; }
  };
  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::string text_;
  std::vector<Step> steps_;
};

/// A value that a path found. `place` counts what a wildcard goes over, so that a value and its
/// time under the same wildcard, or of the same item, belong together.
struct JsonMatch {
  std::size_t place = 0;
  model::Value value;        // numbers as i64, u64 or f64; monostate for null
  bool is_compound = false;  // an object or array; `value` is its JSON text
};

/// A parsed JSON text, to be asked for several paths. One owner.
class JsonDocument {
 public:
  static constexpr std::size_t kMatchesMax = 10'000;

  /// Errors: malformed.
  static base::Result<JsonDocument> parse(std::string_view text);
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  /// Of what was taken out and kept all the same.
  enum class Kept { kLeftOut, kToo };
  /// In the order of the document; none where the path leads nowhere, or to an empty object. An
  /// object or array is found whole, with what was taken out of it and kept, where it has more.
  std::vector<JsonMatch> find(const JsonPath& path, Kept kept = Kept::kLeftOut) const;
  /// Takes out what the path finds, so that no path finds it again: members go, an item of an array
  /// becomes {}, as the places of its neighbours are addresses.
  void take_out(const JsonPath& path) { take_out({&path}, {}); }
  /// The same of several, but for what one of `kept` finds, also inside of what is taken out: it
  /// stays as {"millrace:bound": value}, which is no leaf and which only find(…, Kept::kToo) finds.
  void take_out(const std::vector<const JsonPath*>& paths,
                const std::vector<const JsonPath*>& kept);
  /// As JSON, numbers as exact as they were read, members in the order of their names.
  std::string text() const;

  /// A leaf of the document with the path that leads to it, and only to it: a pointer, or through
  /// the first list whose objects say which they are by a member `id`, `n`, `name` or `tag` (a
  /// text, all different) a path by that, since such lists may come in another order, or in part;
  /// that member itself is none.
  struct Leaf {
    std::string pointer;
    model::Value value;
  };
  /// Scalars in the order of the document, at most `limit`: what can be bound.
  std::vector<Leaf> leaves(std::size_t limit) const;

 private:
  struct State;
  explicit JsonDocument(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A JSON value as a time: RFC 3339 text, or a number since 1970 whose size says its unit (seconds
/// below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds).
std::optional<base::Time> json_time(const model::Value& value);

}  // namespace millrace::codec
