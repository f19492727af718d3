#include "projections/segment/explain_segment.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "projections/explain.h"
#include "projections/invoice/open_invoices.h"
#include "projections/journey_fold.h"
#include "projections/segment/purchase_windows.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::FormatInstant;
using core::Micros;
using storage::v1::JourneyState;
using storage::v1::Moment;
using storage::v1::Sale;

// So many of the things that put a journey at risk are named in the sentence.
constexpr size_t kRisksNamed = 3;

// A sentence, and what it rests on in any order.
struct Reasons {
  std::string rule_id;
  std::string text;
  std::vector<Moment> causes;
};

// The touchpoint that made the last purchase one, where it is remembered.
void AddLastPurchase(const JourneyState& state, const Purchases& purchases,
                     Reasons& out) {
  if (purchases.empty() ||
      purchases.back()->purchased_us() != state.last_purchase_us()) {
    return;
  }
  out.causes.push_back(purchases.back()->counted_by());
}

// "the lapse window of 365 days".
std::string NameWindow(const v1::LapseRule& rule, const Lapse& lapse) {
  if (!lapse.rhythm.has_value()) {
    return absl::StrCat("the lapse window of ", DescribeWindow(rule));
  }
  const Rhythm& rhythm = *lapse.rhythm;
  return absl::StrFormat(
      "the window of %.1f days by the customer's own rhythm (%d gaps between "
      "purchases, on average %.1f days, deviation %.1f)",
      static_cast<double>(rhythm.window) / core::kMicrosPerDay, rhythm.gaps,
      rhythm.mean_days, rhythm.deviation_days);
}

Reasons ReasonsOfProspect() {
  return {"segment.prospect", "There is no purchase that stands.", {}};
}

Reasons ReasonsOfActive(const Rules& rules, const JourneyState& state) {
  Reasons out{"segment.active",
              absl::StrCat("The last purchase was ",
                           FormatInstant(state.last_purchase_us())),
              {}};
  const Purchases purchases = PurchasesOf(state);
  const Lapse lapse = LapseOf(rules, state, purchases);
  if (lapse.at != core::kNever) {
    absl::StrAppend(&out.text, "; ",
                    NameWindow(rules.rule_set().segments().lapse(), lapse),
                    " ends ", FormatInstant(lapse.at),
                    state.open_deal_count() > 0 ? ", and a deal is open" : "");
  }
  absl::StrAppend(&out.text, ".");
  AddLastPurchase(state, purchases, out);
  return out;
}

Reasons ReasonsOfRegular(const Rules& rules, const JourneyState& state,
                         Micros instant) {
  const v1::RegularRule& rule = rules.rule_set().segments().regular();
  Reasons out{"segment.regular", "", {}};
  for (const Sale* purchase : PurchasesOf(state)) {
    if (instant < RegularWindowEnd(rules, *purchase)) {
      out.causes.push_back(purchase->counted_by());
    }
  }
  out.text = absl::StrCat("There were ", out.causes.size(),
                          " purchases in the last ", rule.months(), " months; ",
                          rule.purchases(), " make a regular customer.");
  return out;
}

Reasons ReasonsOfLost(const Rules& rules, const JourneyState& state) {
  const Purchases purchases = PurchasesOf(state);
  const Lapse lapse = LapseOf(rules, state, purchases);
  Reasons out{
      "segment.lost",
      absl::StrCat(
          "The last purchase was ", FormatInstant(state.last_purchase_us()),
          "; ", NameWindow(rules.rule_set().segments().lapse(), lapse),
          " was over ", FormatInstant(lapse.at), ", and no deal is open."),
      {}};
  AddLastPurchase(state, purchases, out);
  return out;
}

Reasons ReasonsOfAtRisk(const Rules& rules, const JourneyState& state,
                        Micros instant) {
  Reasons out{"segment.at_risk", "", {}};
  std::vector<std::string> risks;
  for (const auto& invoice : state.open_invoices()) {
    if (OverdueSince(rules, invoice) > instant) continue;
    out.causes.push_back(invoice.issued());
    risks.push_back(absl::StrCat("invoice ", invoice.invoice_id(), " was due ",
                                 FormatDate(invoice.due_date()),
                                 " and is not settled"));
  }
  for (const auto& ticket : state.tickets()) {
    if (!ticket.has_critical_complaint()) continue;
    out.causes.push_back(ticket.critical_complaint());
    risks.push_back(absl::StrCat("ticket ", ticket.ticket_id(),
                                 " is an open critical complaint"));
  }
  if (risks.size() > kRisksNamed) {
    const size_t more = risks.size() - kRisksNamed;
    risks.resize(kRisksNamed);
    risks.push_back(absl::StrCat(more, " more"));
  }
  out.text = absl::StrCat("At risk: ", absl::StrJoin(risks, "; "), ".");
  return out;
}

Reasons ReasonsOf(const Rules& rules, const JourneyState& state,
                  v1::Segment segment, Micros instant) {
  switch (segment) {
    case v1::SEGMENT_ACTIVE:
      return ReasonsOfActive(rules, state);
    case v1::SEGMENT_REGULAR:
      return ReasonsOfRegular(rules, state, instant);
    case v1::SEGMENT_AT_RISK:
      return ReasonsOfAtRisk(rules, state, instant);
    case v1::SEGMENT_LOST:
      return ReasonsOfLost(rules, state);
    default:
      return ReasonsOfProspect();
  }
}

}  // namespace

v1::Explanation ExplainSegment(const Rules& rules, const JourneyState& state,
                               const storage::v1::SegmentState& segment,
                               Micros instant) {
  Reasons reasons = ReasonsOf(rules, state, segment.segment(), instant);
  if (segment.has_cause()) {
    Moment& began = reasons.causes.emplace_back();
    began.set_at_us(segment.since_us());
    *began.mutable_ref() = segment.cause();
  }
  std::sort(reasons.causes.begin(), reasons.causes.end(), &Before);
  std::vector<v1::TouchpointRef> causes;
  for (const Moment& cause : reasons.causes) AddCause(cause.ref(), causes);
  return Explain(rules, reasons.rule_id, reasons.text, causes);
}

}  // namespace journey::projections
