#include "projections/stall/stall.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "projections/deal/deal.h"
#include "projections/explain.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::DealState;
using storage::v1::Moment;

// Where a silence clock starts, and the touchpoint from which it runs.
struct ClockStart {
  Micros at = 0;
  v1::TouchpointRef cause;
};

void StartNotBefore(Micros at, const v1::TouchpointRef& cause,
                    ClockStart& start) {
  if (at <= start.at) return;
  start.at = at;
  start.cause = cause;
}

// A clock starts at the last such touchpoint, or when the deal was opened or
// opened again; an announced silence starts it anew at its end.
ClockStart StartOf(const Moment& last, const DealState& deal) {
  ClockStart start{deal.active_since().at_us(), deal.active_since().ref()};
  StartNotBefore(last.at_us(), last.ref(), start);
  StartNotBefore(deal.expected_silence_until_us(),
                 deal.expected_silence_cause(), start);
  return start;
}

Micros Days(int days) { return days * core::kMicrosPerDay; }

// The days of silence allowed in the deal's pipeline stage; 0 when the rule
// set knows neither the stage nor the pipeline.
int StallDays(const Rules& rules, const DealState& deal) {
  const auto* stage = rules.FindStage(deal.pipeline_id(), CurrentStageId(deal));
  return stage == nullptr ? 0 : stage->stall_days();
}

void AddUnansweredOffer(const v1::UnansweredOfferRule& rule,
                        const DealState& deal,
                        std::vector<StallInterval>& out) {
  for (int i = 0; i < deal.open_offers_size(); ++i) {
    const storage::v1::OpenOffer& offer = deal.open_offers(i);
    const Micros since = StartOf(offer.sent(), deal).at + Days(rule.days());
    const Micros until =
        offer.valid_until_us() == 0 ? core::kNever : offer.valid_until_us();
    if (since < until) {
      out.push_back({v1::STALL_REASON_UNANSWERED_OFFER, since, until, i});
    }
  }
}

Micros SlippedSince(const Rules& rules, const v1::SlippedRule& rule,
                    const DealState& deal) {
  Micros since = core::kNever;
  if (deal.has_expected_close_date()) {
    since = rules.EndOfDay(deal.expected_close_date());
  }
  if (deal.pushes_size() >= rule.pushes()) {
    since = std::min(since, deal.pushes(rule.pushes() - 1).at_us());
  }
  return since;
}

v1::StallSeverity SeverityOf(const v1::StallRules& rules,
                             v1::StallReason reason) {
  v1::StallSeverity severity = v1::STALL_SEVERITY_UNSPECIFIED;
  switch (reason) {
    case v1::STALL_REASON_UNANSWERED_OFFER:
      severity = rules.unanswered_offer().severity();
      break;
    case v1::STALL_REASON_INACTIVE:
      severity = rules.inactive().severity();
      break;
    case v1::STALL_REASON_SLIPPED:
      severity = rules.slipped().severity();
      break;
    case v1::STALL_REASON_NEGLECTED:
      severity = rules.neglected().severity();
      break;
    default:
      break;
  }
  return severity == v1::STALL_SEVERITY_UNSPECIFIED ? v1::STALL_SEVERITY_WARNING
                                                    : severity;
}

std::string Since(const ClockStart& start) {
  return absl::StrCat("since ", core::FormatInstant(start.at));
}

v1::Explanation ExplainOffer(const Rules& rules, const DealState& deal,
                             const storage::v1::OpenOffer& offer) {
  const ClockStart start = StartOf(offer.sent(), deal);
  std::vector<v1::TouchpointRef> causes = {offer.sent().ref()};
  AddCause(start.cause, causes);
  return Explain(
      rules, "stall.unanswered_offer",
      absl::StrCat("Offer ", offer.offer_id(), ", sent ",
                   core::FormatInstant(offer.sent().at_us()),
                   ", is unanswered ", Since(start), "; the limit is ",
                   rules.rule_set().stalls().unanswered_offer().days(),
                   " days."),
      causes);
}

v1::Explanation ExplainSlipped(const Rules& rules, const DealState& deal,
                               Micros since) {
  const auto& rule = rules.rule_set().stalls().slipped();
  if (deal.has_expected_close_date() &&
      rules.EndOfDay(deal.expected_close_date()) == since) {
    const v1::Date& day = deal.expected_close_date();
    return Explain(
        rules, "stall.slipped",
        absl::StrCat("The expected close day, ", FormatDate(day), ", is over."),
        {deal.expected_close_cause()});
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

v1::Explanation ExplainAt(const Rules& rules, const DealState& deal,
                          const StallInterval& interval) {
  switch (interval.reason) {
    case v1::STALL_REASON_UNANSWERED_OFFER:
      return ExplainOffer(rules, deal, deal.open_offers(interval.offer));
    case v1::STALL_REASON_INACTIVE: {
      const ClockStart start = StartOf(deal.last_customer(), deal);
      return Explain(rules, "stall.inactive",
                     absl::StrCat("The customer has been silent ", Since(start),
                                  "; the limit in this pipeline stage is ",
                                  StallDays(rules, deal), " days."),
                     {start.cause});
    }
    case v1::STALL_REASON_NEGLECTED: {
      const ClockStart start = StartOf(deal.last_company(), deal);
      return Explain(
          rules, "stall.neglected",
          absl::StrCat("The company has been silent ", Since(start),
                       "; the limit is ",
                       rules.rule_set().stalls().neglected().days(), " days."),
          {start.cause});
    }
    default:
      return ExplainSlipped(rules, deal, interval.since);
  }
}

}  // namespace

std::vector<StallInterval> StallIntervals(const Rules& rules,
                                          const DealState& deal) {
  std::vector<StallInterval> out;
  if (deal.status() != v1::DEAL_STATUS_OPEN) return out;
  const v1::StallRules& stalls = rules.rule_set().stalls();
  if (stalls.has_unanswered_offer()) {
    AddUnansweredOffer(stalls.unanswered_offer(), deal, out);
  }
  const int stall_days = StallDays(rules, deal);
  if (stalls.has_inactive() && stall_days > 0) {
    out.push_back({v1::STALL_REASON_INACTIVE,
                   StartOf(deal.last_customer(), deal).at + Days(stall_days),
                   core::kNever});
  }
  if (stalls.has_slipped()) {
    const Micros since = SlippedSince(rules, stalls.slipped(), deal);
    if (since != core::kNever) {
      out.push_back({v1::STALL_REASON_SLIPPED, since, core::kNever});
    }
  }
  if (stalls.has_neglected()) {
    out.push_back({v1::STALL_REASON_NEGLECTED,
                   StartOf(deal.last_company(), deal).at +
                       Days(stalls.neglected().days()),
                   core::kNever});
  }
  return out;
}

std::vector<v1::Stall> StallsAt(const Rules& rules, const DealState& deal,
                                Micros instant) {
  std::vector<v1::Stall> out;
  v1::StallReason last = v1::STALL_REASON_UNSPECIFIED;
  for (const StallInterval& interval : StallIntervals(rules, deal)) {
    if (interval.reason == last || instant < interval.since ||
        instant >= interval.until) {
      continue;
    }
    last = interval.reason;
    v1::Stall stall;
    stall.set_reason(interval.reason);
    *stall.mutable_since() = core::ToTimestamp(interval.since);
    stall.set_severity(SeverityOf(rules.rule_set().stalls(), interval.reason));
    *stall.mutable_explanation() = ExplainAt(rules, deal, interval);
    out.push_back(std::move(stall));
  }
  return out;
}

}  // namespace journey::projections
