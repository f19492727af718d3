// What a signal tells: its words, its details and what is to be done.
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "projections/conclude.h"
#include "projections/deal/deal.h"
#include "projections/deal/missing_fields.h"
#include "projections/explain.h"
#include "projections/segment/segment.h"
#include "projections/signal/signal.h"
#include "projections/stall/stall.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::DealState;
using storage::v1::JourneyState;

// What the rule set and the interval say.
v1::Signal Begin(const Rules& rules, const SignalInterval& interval,
                 absl::string_view deal_id, Micros instant) {
  v1::Signal out;
  out.set_signal_id(absl::BytesToHexString(
      SignalId(interval.rule_id, interval.anchor, deal_id)));
  out.set_rule_id(interval.rule_id);
  out.set_type(interval.type);
  out.set_stall_reason(interval.type == v1::SIGNAL_TYPE_STALL
                           ? interval.stall_reason
                           : v1::STALL_REASON_UNSPECIFIED);
  out.set_severity(interval.SeverityAt(instant));
  out.set_deal_id(std::string(deal_id));
  const v1::SignalRule* rule = rules.FindSignalRule(interval.type);
  out.set_priority(rule == nullptr ||
                           rule->priority() == v1::SIGNAL_PRIORITY_UNSPECIFIED
                       ? v1::SIGNAL_PRIORITY_NORMAL
                       : rule->priority());
  if (rule != nullptr) out.set_action(rule->action());
  *out.mutable_since() = core::ToTimestamp(interval.since);
  *out.mutable_anchor() = interval.anchor;
  out.set_in_force(true);
  return out;
}

void SetText(const std::string& name, const std::string& value,
             v1::Signal& out) {
  if (value.empty()) return;
  (*out.mutable_attributes()->mutable_fields())[name].set_string_value(value);
}

void SetMoney(const std::string& prefix, const v1::Money& money,
              v1::Signal& out) {
  // As a text, because a number of JSON does not hold every amount.
  SetText(absl::StrCat(prefix, "amount_minor"),
          absl::StrCat(money.amount_minor()), out);
  SetText(absl::StrCat(prefix, "currency_code"), money.currency_code(), out);
}

std::string SentenceOf(const Rules& rules, const JourneyState& state,
                       const SignalInterval& interval) {
  switch (interval.type) {
    case v1::SIGNAL_TYPE_STAGE_CHANGED:
      return absl::StrCat(
          "The journey entered the stage \"",
          rules.StageFor(rules.ConditionOf(interval.about)).company_name(),
          "\".");
    case v1::SIGNAL_TYPE_VISIT_SURGE: {
      const auto* rule = rules.FindSignalRule(interval.type);
      return absl::StrCat("The customer visited the site ", rule->count(),
                          " times within ", rule->days(), " days.");
    }
    case v1::SIGNAL_TYPE_WELCOME:
      return "The customer bought for the first time.";
    case v1::SIGNAL_TYPE_NPS_DUE:
      return absl::StrCat("The customer bought ",
                          rules.FindSignalRule(interval.type)->days(),
                          " days ago and has not been asked since.");
    case v1::SIGNAL_TYPE_DETRACTOR:
      return absl::StrCat("The customer would not recommend the company: ",
                          interval.about, " of 10.");
    case v1::SIGNAL_TYPE_NEGATIVE_TOUCHPOINT:
      return "A touchpoint was negative.";
    case v1::SIGNAL_TYPE_REWARD_DUE:
      return absl::StrCat("The customer buys more often than before: ",
                          rules.FindSignalRule(interval.type)->count(),
                          " purchases or more within ",
                          rules.FindSignalRule(interval.type)->days(),
                          " days, and no complaint.");
    case v1::SIGNAL_TYPE_WIN_BACK_DUE:
      return absl::StrCat(
          "The last purchase is ", rules.FindSignalRule(interval.type)->days(),
          " days ago, and no deal is open; purchases: ", state.purchase_count(),
          ".");
    case v1::SIGNAL_TYPE_AT_RISK:
      return absl::StrCat(interval.rule_id == "signal.at_risk.invoice"
                              ? "Invoice "
                              : "The critical complaint ",
                          interval.about,
                          interval.rule_id == "signal.at_risk.invoice"
                              ? " is overdue."
                              : " is open.");
    default:
      return "";
  }
}

v1::Explanation ExplainJourneySignal(const Rules& rules,
                                     const JourneyState& state,
                                     const SignalInterval& interval,
                                     Micros instant) {
  if (interval.type == v1::SIGNAL_TYPE_BECAME_MQL ||
      interval.type == v1::SIGNAL_TYPE_BECAME_SQL) {
    return ConcludeLead(rules, state).explanation();
  }
  if (interval.type == v1::SIGNAL_TYPE_LOST) {
    for (v1::SegmentStanding& segment : SegmentsAt(rules, state, instant)) {
      if (segment.segment() == v1::SEGMENT_LOST) {
        return std::move(*segment.mutable_explanation());
      }
    }
  }
  return Explain(rules, interval.rule_id, SentenceOf(rules, state, interval),
                 {interval.anchor});
}

void AddDetails(const JourneyState& state, const SignalInterval& interval,
                v1::Signal& out) {
  switch (interval.type) {
    case v1::SIGNAL_TYPE_STAGE_CHANGED:
      return SetText("stage_id", interval.about, out);
    case v1::SIGNAL_TYPE_DETRACTOR:
      return SetText("score", interval.about, out);
    case v1::SIGNAL_TYPE_AT_RISK:
      break;
    default:
      return;
  }
  if (interval.rule_id != "signal.at_risk.invoice") {
    return SetText("ticket_id", interval.about, out);
  }
  SetText("invoice_id", interval.about, out);
  for (const auto& invoice : state.open_invoices()) {
    if (invoice.invoice_id() != interval.about) continue;
    SetText("due_date", FormatDate(invoice.due_date()), out);
    if (invoice.has_amount()) SetMoney("", invoice.amount(), out);
  }
}

v1::Explanation ExplainDealSignal(const Rules& rules, const DealState& deal,
                                  const SignalInterval& interval,
                                  Micros instant) {
  switch (interval.type) {
    case v1::SIGNAL_TYPE_STALL:
    case v1::SIGNAL_TYPE_OFFER_UNANSWERED:
      for (v1::Stall& stall : StallsAt(rules, deal, instant)) {
        if (stall.reason() == interval.stall_reason) {
          return std::move(*stall.mutable_explanation());
        }
      }
      return {};
    case v1::SIGNAL_TYPE_FIELDS_MISSING:
      return Explain(
          rules, interval.rule_id,
          absl::StrCat("The pipeline stage requires fields that are unknown: ",
                       absl::StrJoin(MissingFields(rules, deal), ", "), "."),
          {interval.anchor});
    default:
      return Explain(rules, interval.rule_id,
                     absl::StrCat("The next follow-up is planned for later "
                                  "than ",
                                  core::FormatInstant(interval.until),
                                  ", when the deal will have stalled."),
                     {interval.anchor});
  }
}

void AddOfferDetails(const DealState& deal, const std::string& offer_id,
                     v1::Signal& out) {
  for (const storage::v1::OpenOffer& offer : deal.open_offers()) {
    if (offer.offer_id() != offer_id) continue;
    SetText("offer_id", offer_id, out);
    SetText("offer_sent_at", core::FormatInstant(offer.sent().at_us()), out);
    if (offer.valid_until_us() != 0) {
      SetText("offer_valid_until", core::FormatInstant(offer.valid_until_us()),
              out);
    }
    if (offer.has_amount()) SetMoney("offer_", offer.amount(), out);
  }
}

}  // namespace

v1::Signal ConcludeJourneySignal(const Rules& rules, const JourneyState& state,
                                 const SignalInterval& interval,
                                 Micros instant) {
  v1::Signal out = Begin(rules, interval, "", instant);
  *out.mutable_journey() = state.subject();
  out.set_owner_id(OwnerOf(state));
  *out.mutable_explanation() =
      ExplainJourneySignal(rules, state, interval, instant);
  AddDetails(state, interval, out);
  return out;
}

v1::Signal ConcludeDealSignal(const Rules& rules, const DealState& deal,
                              const SignalInterval& interval, Micros instant) {
  v1::Signal out = Begin(rules, interval, deal.deal_id(), instant);
  out.set_owner_id(OwnerOf(deal));
  *out.mutable_explanation() =
      ExplainDealSignal(rules, deal, interval, instant);
  SetText("deal_name", deal.name(), out);
  SetText("pipeline_id", deal.pipeline_id(), out);
  SetText("stage_id", CurrentStageId(deal), out);
  if (deal.has_amount()) SetMoney("", deal.amount(), out);
  if (interval.stall_reason == v1::STALL_REASON_UNANSWERED_OFFER) {
    AddOfferDetails(deal, interval.about, out);
  }
  return out;
}

}  // namespace journey::projections
