// Checks that many fields of a rule set share; each mistake is named by its
// field path.
#ifndef PROJECTIONS_RULES_RULE_CHECKER_H_
#define PROJECTIONS_RULES_RULE_CHECKER_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "journey/v1/deal.pb.h"
#include "service/core/errors.h"

namespace journey::projections {

// Rule sets are checked once in a while, so paths are plain strings here.
class RuleChecker {
 public:
  explicit RuleChecker(core::Violations& violations)
      : violations_(violations) {}

  void Fail(const std::string& field, absl::string_view description);

  void Range(const std::string& field, int64_t value, int64_t min, int64_t max);

  // An id, which `seen` does not have yet.
  void Id(const std::string& field, const std::string& value);
  void UniqueId(const std::string& field, const std::string& value,
                std::set<std::string>& seen);

  // A text for people.
  void Text(const std::string& field, const std::string& value);
  void RequiredText(const std::string& field, const std::string& value);

  // The length of a list that must not be empty, or may be.
  void Count(const std::string& field, int count, int max);
  void CountMax(const std::string& field, int count, int max);

  // Optional rules say how bad; unset means warning.
  void Severity(const std::string& field, v1::StallSeverity severity);

 private:
  core::Violations& violations_;
};

// The path of an element of a list, for example "pipelines[0]".
[[nodiscard]] std::string Element(const std::string& list, int index);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_RULE_CHECKER_H_
