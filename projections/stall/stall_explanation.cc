#include "projections/stall/stall_explanation.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/deal/pace.h"
#include "projections/explain.h"
#include "projections/rules/stall_numbers.h"
#include "projections/stall/stall_rules.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using storage::v1::DealState;

std::string Since(const ClockStart& start) {
  return absl::StrCat("since ", core::FormatInstant(start.at));
}

std::string DaysText(int days, v1::DayType day_type) {
  return absl::StrCat(
      days, day_type == v1::DAY_TYPE_BUSINESS ? " business days" : " days");
}

// To a hundredth, without needless zeros.
std::string Rounded(double number) {
  return absl::StrCat(std::round(number * 100) / 100);
}

v1::Explanation ExplainOffer(const Rules& rules, const DealState& deal,
                             const storage::v1::OpenOffer& offer,
                             const v1::UnansweredOfferRule& rule) {
  const ClockStart start = SilenceStart(offer.sent(), deal);
  std::vector<v1::TouchpointRef> causes = {offer.sent().ref()};
  AddCause(start.cause, causes);
  return Explain(
      rules, "stall.unanswered_offer",
      absl::StrCat("Offer ", offer.offer_id(), ", sent ",
                   core::FormatInstant(offer.sent().at_us()),
                   ", is unanswered ", Since(start), "; the limit is ",
                   DaysText(rule.days(), rule.day_type()), "."),
      causes);
}

v1::Explanation ExplainInactive(const Rules& rules, const DealState& deal,
                                const StallRulesInForce& in_force) {
  const ClockStart start = SilenceStart(deal.last_customer(), deal);
  return Explain(rules, "stall.inactive",
                 absl::StrCat("The customer has been silent ", Since(start),
                              "; the limit in this pipeline stage is ",
                              DaysText(in_force.stage->stall_days(),
                                       in_force.inactive->day_type()),
                              "."),
                 {start.cause});
}

v1::Explanation ExplainSlipped(const Rules& rules, const DealState& deal,
                               bool day_is_over, const v1::SlippedRule& rule) {
  if (day_is_over) {
    const v1::Date& day = deal.expected_close_date();
    return Explain(
        rules, "stall.slipped",
        absl::StrCat("The expected close day, ", FormatDate(day), ", is over."),
        {deal.expected_close_moment().ref()});
  }
  std::vector<v1::TouchpointRef> causes;
  for (const auto& push : deal.pushes()) causes.push_back(push.ref());
  return Explain(rules, "stall.slipped",
                 absl::StrCat("The expected close day was moved to a later "
                              "one ",
                              deal.push_count(), " times; the limit is ",
                              rule.pushes(), "."),
                 causes);
}

v1::Explanation ExplainNeglected(const Rules& rules, const DealState& deal,
                                 const v1::NeglectedRule& rule) {
  const ClockStart start = SilenceStart(deal.last_company(), deal);
  return Explain(rules, "stall.neglected",
                 absl::StrCat("The company has been silent ", Since(start),
                              "; the limit is ",
                              DaysText(rule.days(), rule.day_type()), "."),
                 {start.cause});
}

v1::Explanation ExplainOutOfPace(const Rules& rules, const DealState& deal,
                                 const v1::OutOfPaceRule& rule) {
  const ClockStart start = SilenceStart(deal.last_customer(), deal);
  const PaceLimits limits = *PaceLimitsOf(rule, deal.pace());
  return Explain(
      rules, "stall.out_of_pace",
      absl::StrCat("The customer has been silent ", Since(start), "; the ",
                   deal.pace().gaps(),
                   " gaps between the days on which they were heard had a "
                   "mean of ",
                   Rounded(limits.mean_days),
                   " working days and a standard deviation of ",
                   Rounded(limits.deviation_days), ", so the limit is ",
                   limits.warning_days, " working days, and ",
                   limits.critical_days, " are critical."),
      {start.cause});
}

v1::Explanation ExplainSlowStage(const Rules& rules, const DealState& deal,
                                 const StallRulesInForce& in_force) {
  const v1::PipelineStage& stage = *in_force.stage;
  const ClockStart start = StageStart(deal);
  const double factor = Factor(*in_force.slow_stage);
  return Explain(
      rules, "stall.slow_stage",
      absl::StrCat("The deal has been in pipeline stage ", stage.id(), " ",
                   Since(start), "; deals that were won stayed ",
                   Rounded(stage.baseline().mean_days()),
                   " days in the mean of ", stage.baseline().visits(),
                   " visits, and the limit is ", Rounded(factor),
                   " times as long, ",
                   Rounded(factor * stage.baseline().mean_days()), " days."),
      {start.cause});
}

}  // namespace

v1::Explanation ExplainStall(const Rules& rules, const DealState& deal,
                             const StallInterval& interval) {
  const StallRulesInForce in_force = StallRulesOf(rules, deal);
  switch (interval.reason) {
    case v1::STALL_REASON_UNANSWERED_OFFER:
      return ExplainOffer(rules, deal, deal.open_offers(interval.offer),
                          *in_force.unanswered_offer);
    case v1::STALL_REASON_INACTIVE:
      return ExplainInactive(rules, deal, in_force);
    case v1::STALL_REASON_NEGLECTED:
      return ExplainNeglected(rules, deal, *in_force.neglected);
    case v1::STALL_REASON_OUT_OF_PACE:
      return ExplainOutOfPace(rules, deal, *in_force.out_of_pace);
    case v1::STALL_REASON_SLOW_STAGE:
      return ExplainSlowStage(rules, deal, in_force);
    default:
      return ExplainSlipped(rules, deal, interval.day_is_over,
                            *in_force.slipped);
  }
}

}  // namespace journey::projections
