#include "tests/projections/scenario.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "projections/explanation/journey_explainer.h"
#include "projections/rules/rules_yaml.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"

namespace journey::testing {
namespace {

void SortInOrder(std::vector<v1::Touchpoint>& touchpoints) {
  std::sort(touchpoints.begin(), touchpoints.end(),
            [](const auto& a, const auto& b) {
              return core::OrderKeyOf(a) < core::OrderKeyOf(b);
            });
}

}  // namespace

v1::Subject AccountA() {
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
  subject.set_id("A");
  return subject;
}

std::shared_ptr<const projections::Rules> TestRules(
    const std::string& change, const std::string& signals) {
  static const auto* const kDefault = new v1::RuleSet(
      projections::LoadRulesFile(JOURNEY_RULES_FILE).value()->rule_set());
  v1::RuleSet rule_set = *kDefault;
  if (!signals.empty()) rule_set.clear_signals();
  v1::RuleSet changed;
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(change + signals, &changed))
      << change;
  rule_set.MergeFrom(changed);
  return projections::Rules::Make(rule_set).value();
}

projections::JourneyFold FoldAll(const projections::Rules& rules,
                                 const v1::Subject& subject,
                                 std::vector<v1::Touchpoint> touchpoints) {
  SortInOrder(touchpoints);
  projections::JourneyFold fold(subject);
  for (const v1::Touchpoint& touchpoint : touchpoints) {
    projections::Evolve(rules, touchpoint, fold);
  }
  return fold;
}

v1::JourneyExplanation Explained(const projections::Rules& rules,
                                 const v1::Subject& subject,
                                 std::vector<v1::Touchpoint> touchpoints,
                                 core::Micros instant) {
  SortInOrder(touchpoints);
  projections::JourneyExplainer explainer(rules, subject);
  for (const v1::Touchpoint& touchpoint : touchpoints) {
    explainer.Add(touchpoint);
  }
  return explainer.Explain(instant);
}

v1::JourneyExplanation ExplanationAt(absl::string_view instant,
                                     const std::vector<v1::Touchpoint>& given,
                                     v1::SubjectType type) {
  v1::Subject subject = AccountA();
  subject.set_type(type);
  return Explained(*TestRules(), subject, given, At(instant));
}

v1::Journey JourneyAt(absl::string_view instant,
                      const std::vector<v1::Touchpoint>& given,
                      const std::string& rules_change) {
  const auto rules = TestRules(rules_change);
  return projections::ConcludeJourney(
      *rules, FoldAll(*rules, AccountA(), given), At(instant));
}

v1::Deal DealAt(absl::string_view instant, const std::string& deal_id,
                const std::vector<v1::Touchpoint>& given,
                const std::string& rules_change) {
  const auto rules = TestRules(rules_change);
  projections::JourneyFold fold = FoldAll(*rules, AccountA(), given);
  return projections::ConcludeDeal(*rules, fold.DealOf(deal_id), AccountA(),
                                   At(instant));
}

std::vector<std::string> StallsOf(const v1::Deal& deal) {
  std::vector<std::string> out;
  for (const v1::Stall& stall : deal.stalls()) {
    out.push_back(absl::StrCat(
        absl::StripPrefix(v1::StallReason_Name(stall.reason()),
                          "STALL_REASON_"),
        " since ", core::FormatInstant(core::ToMicros(stall.since()))));
  }
  return out;
}

std::vector<std::string> StageIds(const v1::Journey& journey) {
  std::vector<std::string> out;
  for (const v1::StageVisit& visit : journey.stage_history()) {
    out.push_back(visit.stage_id());
  }
  return out;
}

}  // namespace journey::testing
