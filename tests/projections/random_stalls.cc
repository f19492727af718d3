#include "tests/projections/random_stalls.h"

#include "absl/strings/str_format.h"

namespace journey::testing {
namespace {

class RandomStalls {
 public:
  explicit RandomStalls(std::mt19937& random) : random_(random) {}

  int Pick(int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random_);
  }

  // Half of the rules are set; where `may_be_off`, some only to be off.
  v1::StallRules Stalls(bool may_be_off) {
    v1::StallRules out;
    const auto set = [&](auto* rule) {
      rule->set_off(may_be_off && Pick(6) == 0);
      return !rule->off();
    };
    if (Pick(2) == 0 && set(out.mutable_unanswered_offer())) {
      out.mutable_unanswered_offer()->set_days(1 + Pick(20));
      Shade(*out.mutable_unanswered_offer());
    }
    if (Pick(2) == 0 && set(out.mutable_inactive())) {
      Shade(*out.mutable_inactive());
    }
    if (Pick(2) == 0 && set(out.mutable_slipped())) {
      out.mutable_slipped()->set_pushes(1 + Pick(3));
      out.mutable_slipped()->set_severity(Severity());
    }
    if (Pick(2) == 0 && set(out.mutable_neglected())) {
      out.mutable_neglected()->set_days(1 + Pick(20));
      Shade(*out.mutable_neglected());
    }
    if (Pick(2) == 0 && set(out.mutable_out_of_pace())) {
      v1::OutOfPaceRule& rule = *out.mutable_out_of_pace();
      if (Pick(2) == 0) rule.set_gaps_min(2 + Pick(4));
      if (Pick(2) == 0) rule.set_working_days_min(1 + Pick(5));
      if (Pick(2) == 0) rule.set_warning_deviations(0.1 * (1 + Pick(15)));
      if (Pick(2) == 0) rule.set_critical_deviations(1.6 + 0.1 * Pick(10));
    }
    if (Pick(2) == 0 && set(out.mutable_slow_stage())) {
      v1::SlowStageRule& rule = *out.mutable_slow_stage();
      if (Pick(2) == 0) rule.set_factor(1 + 0.1 * Pick(20));
      if (Pick(2) == 0) rule.set_visits_min(10 + Pick(20));
      rule.set_severity(Severity());
    }
    return out;
  }

  v1::CalendarRules Calendar() {
    v1::CalendarRules out;
    for (int day = v1::WEEKDAY_MONDAY; day <= v1::WEEKDAY_SUNDAY; ++day) {
      if (Pick(3) > 0) out.add_working_days(static_cast<v1::Weekday>(day));
    }
    for (int month = 1; month <= 6; ++month) {
      out.add_holidays(absl::StrFormat("2025-%02d-%02d", month, 1 + Pick(28)));
    }
    return out;
  }

 private:
  v1::StallSeverity Severity() {
    return static_cast<v1::StallSeverity>(Pick(3));
  }

  template <typename Rule>
  void Shade(Rule& rule) {
    rule.set_severity(Severity());
    rule.set_day_type(static_cast<v1::DayType>(Pick(3)));
  }

  std::mt19937& random_;
};

}  // namespace

v1::RuleSet WithRandomStalls(std::mt19937& random, v1::RuleSet rules) {
  RandomStalls stalls(random);
  *rules.mutable_calendar() = stalls.Calendar();
  *rules.mutable_stalls() = stalls.Stalls(/*may_be_off=*/false);
  v1::PipelineRules& pipeline = *rules.mutable_pipelines(0);
  if (stalls.Pick(2) == 0) *pipeline.mutable_stalls() = stalls.Stalls(true);
  for (v1::PipelineStage& stage : *pipeline.mutable_stages()) {
    stage.set_stall_days(1 + stalls.Pick(14));
    if (stalls.Pick(3) == 0) *stage.mutable_stalls() = stalls.Stalls(true);
    if (stalls.Pick(4) == 0) continue;
    stage.mutable_baseline()->set_mean_days(0.1 * (1 + stalls.Pick(100)));
    stage.mutable_baseline()->set_visits(15 + stalls.Pick(20));
  }
  return rules;
}

}  // namespace journey::testing
