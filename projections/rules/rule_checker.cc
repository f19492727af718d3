#include "projections/rules/rule_checker.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "service/core/limits.h"

namespace journey::projections {

void RuleChecker::Fail(const std::string& field,
                       absl::string_view description) {
  violations_.Add(field, description);
}

void RuleChecker::Range(const std::string& field, int64_t value, int64_t min,
                        int64_t max) {
  if (value >= min && value <= max) return;
  if (value == 0) {
    // A number that is not given reads as 0.
    Fail(field, absl::StrCat("is required and must be ", min, " to ", max));
  } else {
    Fail(field, absl::StrCat("must be ", min, " to ", max, ", is ", value));
  }
}

void RuleChecker::Id(const std::string& field, const std::string& value) {
  const bool ok = !value.empty() && value.size() <= core::kRuleIdBytesMax &&
                  std::all_of(value.begin(), value.end(), [](char c) {
                    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                           absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
                           c == '-' || c == '_';
                  });
  if (ok) return;
  Fail(field, absl::StrCat(value.empty() ? "is required and " : "",
                           "must be 1 to ", core::kRuleIdBytesMax,
                           " characters of a-z, 0-9, \"-\" and \"_\""));
}

void RuleChecker::UniqueId(const std::string& field, const std::string& value,
                           std::set<std::string>& seen) {
  Id(field, value);
  if (!seen.insert(value).second && !value.empty()) {
    Fail(field,
         absl::StrCat("\"", value, "\" is used twice; give each its own id"));
  }
}

void RuleChecker::Text(const std::string& field, const std::string& value) {
  if (value.size() <= core::kLabelBytesMax) return;
  Fail(field, absl::StrCat("must be at most ", core::kLabelBytesMax,
                           " bytes, is ", value.size()));
}

void RuleChecker::RequiredText(const std::string& field,
                               const std::string& value) {
  if (value.empty()) Fail(field, "is required");
  Text(field, value);
}

void RuleChecker::Count(const std::string& field, int count, int max) {
  if (count == 0) Fail(field, "is required; give at least one");
  CountMax(field, count, max);
}

void RuleChecker::CountMax(const std::string& field, int count, int max) {
  if (count <= max) return;
  Fail(field, absl::StrCat("at most ", max, " are allowed, there are ", count));
}

void RuleChecker::Severity(const std::string& field,
                           v1::StallSeverity severity) {
  if (v1::StallSeverity_IsValid(severity)) return;
  Fail(field, "is unknown; use warning or critical");
}

std::string Element(const std::string& list, int index) {
  return absl::StrCat(list, "[", index, "]");
}

}  // namespace journey::projections
