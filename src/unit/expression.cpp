#include "unit/internal/expression.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <format>
#include <utility>

namespace millrace::unit {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr std::size_t kFactorsMax = 12;
constexpr int kPowerMax = 9;

// What plants type, and the one sign that stands for it here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 42> kSigns = {{
    {"⁰", "0"},   {"¹", "1"},   {"²", "2"},   {"³", "3"},   {"⁴", "4"},   {"⁵", "5"},
    {"⁶", "6"},   {"⁷", "7"},   {"⁸", "8"},   {"⁹", "9"},   {"⁻", "-"},   {"⁺", ""},
    {"−", "-"},   {"–", "-"},   {"×", "·"},   {"⋅", "·"},   {"∙", "·"},   {"•", "·"},
    {"‧", "·"},   {"∗", "·"},   {"**", ""},   {"*", "·"},   {"μ", "µ"},   {"Ω", "Ω"},
    {"º", "°"},   {"˚", "°"},   {"℃", "°C"},  {"℉", "°F"},  {"％", "%"},  {"㎡", "m2"},
    {"㎥", "m3"}, {"㎎", "mg"}, {"㎏", "kg"}, {"㎜", "mm"}, {"㎝", "cm"}, {"㎞", "km"},
    {"／", "/"},  {"（", "("},  {"）", ")"},  {"∕", "/"},   {"\t", " "},  {"\u00a0", " "},
}};
constexpr std::string_view kDot = "·";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '%' || c == '$' ||
         byte >= 0x80;
}

std::unexpected<base::Error> not_a_unit(std::string_view text, std::string_view why,
                                        std::string hint) {
  return fail(ErrorCode::kInvalid, std::format("'{}' is not a unit: {}", text, why),
              std::move(hint));
}

class Parser {
 public:
  Parser(std::string_view text, const KnownNames& names)
      : text_(text), rest_(text), names_(names) {}

  Result<std::vector<Factor>> unit() {
    if (rest_.starts_with("1") && !(rest_.size() > 1 && is_digit(rest_[1]))) {
      rest_.remove_prefix(1);
      if (rest_.empty()) return std::move(factors_);
    } else {
      MILLRACE_TRY(product(1));
    }
    while (true) {
      take(" ");
      if (rest_.empty()) return std::move(factors_);
      if (!take("/")) return unexpected();
      take(" ");
      MILLRACE_TRY(group());
      if (is_product_sign()) {
        return not_a_unit(text_, "a product after '/' is read both ways",
                          "Write it in parentheses, as in W/(m2·K).");
      }
    }
  }

 private:
  Result<void> group() {
    if (!take("(")) return power(-1);
    MILLRACE_TRY(product(-1));
    take(" ");
    if (!take(")")) return not_a_unit(text_, "a ')' is missing", "Close the parenthesis.");
    return {};
  }

  Result<void> product(int sign) {
    MILLRACE_TRY(power(sign));
    while (is_product_sign()) {
      take(" ");
      if (take(kDot) || take(".")) take(" ");
      MILLRACE_TRY(power(sign));
    }
    return {};
  }

  /// Another factor follows.
  bool is_product_sign() const {
    std::string_view ahead = rest_;
    if (ahead.starts_with(" ")) ahead.remove_prefix(1);
    const bool has_dot = ahead.starts_with(kDot) || ahead.starts_with(".");
    return has_dot || (ahead.size() < rest_.size() && !ahead.empty() && is_letter(ahead[0]));
  }

  Result<void> power(int sign) {
    std::size_t end = 0;
    while (end < rest_.size() && is_run(end)) ++end;
    if (end == 0 || is_digit(rest_[0])) return unexpected();
    std::string_view run = rest_.substr(0, end);
    if (!names_.is_name(run)) {
      while (is_digit(run.back())) run.remove_suffix(1);
    }
    rest_.remove_prefix(run.size());
    MILLRACE_LET(const int exponent, digits());
    factors_.push_back({std::string(run), sign * exponent});
    if (factors_.size() > kFactorsMax) {
      return not_a_unit(text_, "it has too many factors", "Write it shorter.");
    }
    return {};
  }

  /// A letter or digit of a name; the dot of multiplication begins with a letter's byte.
  bool is_run(std::size_t at) const {
    if (rest_.substr(at).starts_with(kDot)) return false;
    return is_letter(rest_[at]) || is_digit(rest_[at]);
  }

  Result<int> digits() {
    const bool is_negative = rest_.size() > 1 && is_digit(rest_[1]) && take("-");
    if (rest_.empty() || !is_digit(rest_[0])) return 1;
    const int value = rest_[0] - '0';
    rest_.remove_prefix(1);
    const bool goes_on = !rest_.empty() && (is_digit(rest_[0]) || is_letter_here());
    if (goes_on || value == 0 || value > kPowerMax) {
      return not_a_unit(text_, "a power is one digit, and the next unit stands apart",
                        "Write m2·K for a product, or (m2·K) after '/'.");
    }
    return is_negative ? -value : value;
  }

  bool is_letter_here() const { return !rest_.starts_with(kDot) && is_letter(rest_[0]); }

  std::unexpected<base::Error> unexpected() const {
    if (rest_.empty())
      return not_a_unit(text_, "it ends too early", "Write what follows the sign.");
    if (is_digit(rest_[0]) || rest_[0] == '+') {
      return not_a_unit(text_, "a number belongs to the value, not to the unit",
                        "Give the factor as the scale of the binding.");
    }
    return not_a_unit(text_, std::format("'{}' has no meaning here", rest_.substr(0, 1)),
                      "Units look like m3/h, kWh, J/(kg·K).");
  }

  bool take(std::string_view sign) {
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(sign.size());
    return true;
  }

  std::string_view text_, rest_;
  const KnownNames& names_;
  std::vector<Factor> factors_;
};

std::string side(const std::vector<Factor>& factors, int sign) {
  std::string out;
  for (const Factor& one : factors) {
    if (one.power * sign <= 0) continue;
    if (!out.empty()) out += kDot;
    out += one.name;
    if (std::abs(one.power) != 1) out += std::to_string(std::abs(one.power));
  }
  return out;
}

}  // namespace

std::string tidy_spelling(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto sign = std::ranges::find_if(
        kSigns, [&](const auto& known) { return text.starts_with(known.first); });
    if (sign != kSigns.end()) {
      if (sign->second != " " || !(out.empty() || out.back() == ' ')) out += sign->second;
      text.remove_prefix(sign->first.size());
      continue;
    }
    const bool is_power =
        text.size() > 1 && text[0] == '^' && (is_digit(text[1]) || text[1] == '-');
    if (is_power) {
      text.remove_prefix(1);
      continue;
    }
    if (text[0] != ' ' || !(out.empty() || out.back() == ' ')) out += text[0];
    text.remove_prefix(1);
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

Result<std::vector<Factor>> parse_expression(std::string_view text, const KnownNames& names) {
  return Parser(text, names).unit();
}

std::string show_expression(const std::vector<Factor>& factors) {
  const std::string above = side(factors, 1), below = side(factors, -1);
  if (below.empty()) return above.empty() ? "1" : above;
  const bool is_one = below.find(kDot) == std::string::npos;
  return (above.empty() ? "1" : above) + (is_one ? "/" + below : "/(" + below + ")");
}

}  // namespace millrace::unit
