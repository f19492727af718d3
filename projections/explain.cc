#include "projections/explain.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "service/core/limits.h"

namespace journey::projections {

v1::Explanation Explain(const Rules& rules, absl::string_view rule_id,
                        absl::string_view text,
                        const std::vector<v1::TouchpointRef>& causes) {
  v1::Explanation out;
  out.set_rule_id(std::string(rule_id));
  out.set_rule_set_id(rules.rule_set().id());
  out.set_rule_set_version(rules.rule_set().version());
  out.set_text(std::string(text));
  const size_t skipped =
      causes.size() > core::kCausesMax ? causes.size() - core::kCausesMax : 0;
  for (size_t i = skipped; i < causes.size(); ++i) {
    *out.add_causes() = causes[i];
  }
  return out;
}

bool IsSame(const v1::TouchpointRef& a, const v1::TouchpointRef& b) {
  return a.source() == b.source() && a.touchpoint_id() == b.touchpoint_id();
}

void AddCause(const v1::TouchpointRef& cause,
              std::vector<v1::TouchpointRef>& causes) {
  const bool known =
      std::any_of(causes.begin(), causes.end(),
                  [&](const auto& other) { return IsSame(other, cause); });
  if (!known) causes.push_back(cause);
}

std::string FormatDate(const v1::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                         date.day());
}

}  // namespace journey::projections
