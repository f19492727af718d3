#include "projections/rules/signals_check.h"

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

// Which numbers a type of signal needs.
struct Needs {
  // The least count; 0 where it has none.
  int count_min = 0;
  // The most days; 0 where it has none.
  int days_max = 0;
  bool keep_days = false;
};

constexpr int kSurgeDaysMax = 365;

Needs NeedsOf(v1::SignalType type) {
  switch (type) {
    case v1::SIGNAL_TYPE_VISIT_SURGE:
      return {2, kSurgeDaysMax, false};
    case v1::SIGNAL_TYPE_REWARD_DUE:
      return {1, core::kRuleDaysMax, true};
    case v1::SIGNAL_TYPE_NPS_DUE:
    case v1::SIGNAL_TYPE_WIN_BACK_DUE:
      return {0, core::kRuleDaysMax, true};
    case v1::SIGNAL_TYPE_STAGE_CHANGED:
    case v1::SIGNAL_TYPE_WELCOME:
    case v1::SIGNAL_TYPE_DETRACTOR:
    case v1::SIGNAL_TYPE_NEGATIVE_TOUCHPOINT:
      return {0, 0, true};
    default:
      return {};
  }
}

// As it is written in YAML, for example "visit_surge".
std::string TypeName(v1::SignalType type) {
  return absl::AsciiStrToLower(
      absl::StripPrefix(v1::SignalType_Name(type), "SIGNAL_TYPE_"));
}

// A number that the type has, or that must not be set.
void CheckNumber(const std::string& field, v1::SignalType type, int value,
                 int min, int max, RuleChecker& check) {
  if (max > 0) {
    check.Range(field, value, min, max);
  } else if (value != 0) {
    check.Fail(field,
               absl::StrCat("is not for ", TypeName(type), "; remove it"));
  }
}

void CheckRule(const v1::SignalRule& rule, const std::string& at,
               RuleChecker& check) {
  const v1::SignalType type = rule.type();
  const Needs needs = NeedsOf(type);
  CheckNumber(at + ".count", type, rule.count(), needs.count_min,
              needs.count_min == 0 ? 0 : core::kRuleCountMax, check);
  CheckNumber(at + ".days", type, rule.days(), 1, needs.days_max, check);
  CheckNumber(at + ".keep_days", type, rule.keep_days(), 1,
              needs.keep_days ? core::kRuleDaysMax : 0, check);
  if (!v1::SignalPriority_IsValid(rule.priority())) {
    check.Fail(at + ".priority", "is unknown; use low, normal or high");
  }
  if (rule.action().size() > core::kNameBytesMax) {
    check.Fail(at + ".action",
               absl::StrCat("must be at most ", core::kNameBytesMax,
                            " bytes, is ", rule.action().size()));
  }
}

}  // namespace

void CheckSignals(const v1::RuleSet& rules, RuleChecker& check) {
  std::set<int> types;
  for (int i = 0; i < rules.signals_size(); ++i) {
    const v1::SignalRule& rule = rules.signals(i);
    const std::string at = Element("signals", i);
    if (rule.type() == v1::SIGNAL_TYPE_UNSPECIFIED) {
      check.Fail(at + ".type", "is required");
    } else if (!v1::SignalType_IsValid(rule.type())) {
      check.Fail(at + ".type", "is unknown to this version of the service");
    } else if (!types.insert(rule.type()).second) {
      check.Fail(at + ".type", absl::StrCat(TypeName(rule.type()),
                                            " has a rule already; remove one"));
    } else {
      CheckRule(rule, at, check);
    }
  }
}

}  // namespace journey::projections
