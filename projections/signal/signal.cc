#include "projections/signal/signal.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "projections/conclude.h"
#include "projections/journey_fold.h"
#include "projections/segment/purchase_windows.h"
#include "projections/segment/segment.h"
#include "projections/signal/purchase_signals.h"
#include "service/core/sha256.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::JourneyState;

constexpr size_t kSignalIdBytes = 16;
// An answer to an NPS survey of 0 to 6.
constexpr int kDetractorScoreMax = 6;

Micros Days(int days) { return days * core::kMicrosPerDay; }

Micros OrNever(Micros instant) { return instant == 0 ? core::kNever : instant; }

SignalInterval Make(v1::SignalType type, std::string rule_id,
                    const v1::TouchpointRef& anchor, Micros since,
                    Micros until) {
  SignalInterval out;
  out.type = type;
  out.rule_id = std::move(rule_id);
  out.anchor = anchor;
  out.since = since;
  out.until = until;
  return out;
}

// The stage of the newest visit. The journey's very first stage is no change.
void AddStageChanged(const Rules& rules, const v1::SignalRule& rule,
                     const JourneyState& state, Micros until,
                     SignalIntervals& out) {
  const auto& lifecycle = state.lifecycle();
  if (lifecycle.visit_count() <= 1) return;
  const auto& visit = *lifecycle.visits().rbegin();
  out.push_back(
      Make(v1::SIGNAL_TYPE_STAGE_CHANGED,
           absl::StrCat("signal.stage_changed.",
                        absl::StripPrefix(visit.rule_id(), "lifecycle.")),
           visit.cause(), visit.entered_us(),
           std::min(until, visit.entered_us() + Days(rule.keep_days()))));
  out.back().about = rules.StageFor(visit.stage()).id();
}

// The present stage, and the one that time alone will bring.
void AddStagesChanged(const Rules& rules, const v1::SignalRule& rule,
                      const JourneyState& state, SignalIntervals& out) {
  const Micros hold_until = state.lifecycle().hold_until_us();
  if (hold_until == 0) {
    return AddStageChanged(rules, rule, state, core::kNever, out);
  }
  JourneyState later = state;
  AdvanceTo(hold_until, later);
  const bool moves =
      later.lifecycle().visit_count() > state.lifecycle().visit_count();
  AddStageChanged(rules, rule, state, moves ? hold_until : core::kNever, out);
  if (moves) AddStageChanged(rules, rule, later, core::kNever, out);
}

void AddLead(const Rules& rules, const JourneyState& state,
             SignalIntervals& out) {
  const storage::v1::LeadState& lead = state.lead();
  if (lead.status() == v1::LEAD_STATUS_MQL &&
      rules.FindSignalRule(v1::SIGNAL_TYPE_BECAME_MQL) != nullptr) {
    // Not on the touchpoint by which the points were enough: with another
    // threshold that is another one.
    out.push_back(Make(v1::SIGNAL_TYPE_BECAME_MQL, "signal.became_mql",
                       state.scoring().marketing().ref(), lead.since_us(),
                       OrNever(lead.mql_until_us())));
  }
  if (lead.status() == v1::LEAD_STATUS_SQL &&
      rules.FindSignalRule(v1::SIGNAL_TYPE_BECAME_SQL) != nullptr) {
    out.push_back(Make(v1::SIGNAL_TYPE_BECAME_SQL, "signal.became_sql",
                       lead.cause(), lead.since_us(), core::kNever));
  }
}

void AddVisitSurge(const Rules& rules, const JourneyState& state,
                   SignalIntervals& out) {
  const auto* rule = rules.FindSignalRule(v1::SIGNAL_TYPE_VISIT_SURGE);
  if (rule == nullptr || !state.visits().has_surge()) return;
  const auto& visits = state.visits();
  out.push_back(Make(v1::SIGNAL_TYPE_VISIT_SURGE, "signal.visit_surge",
                     visits.surge().ref(), visits.surge().at_us(),
                     visits.begun_us(0) + Days(rule->days())));
}

void AddFeelings(const Rules& rules, const JourneyState& state,
                 SignalIntervals& out) {
  if (const auto* rule = rules.FindSignalRule(v1::SIGNAL_TYPE_DETRACTOR)) {
    for (const auto& answer : state.nps_answers()) {
      if (answer.score() > kDetractorScoreMax) continue;
      const Micros at = answer.moment().at_us();
      out.push_back(Make(v1::SIGNAL_TYPE_DETRACTOR, "signal.detractor",
                         answer.moment().ref(), at,
                         at + Days(rule->keep_days())));
      out.back().severity = v1::SIGNAL_SEVERITY_WARNING;
      out.back().about = absl::StrCat(answer.score());
    }
  }
  if (const auto* rule =
          rules.FindSignalRule(v1::SIGNAL_TYPE_NEGATIVE_TOUCHPOINT)) {
    for (const storage::v1::Moment& moment : state.negative()) {
      out.push_back(Make(v1::SIGNAL_TYPE_NEGATIVE_TOUCHPOINT,
                         "signal.negative_touchpoint", moment.ref(),
                         moment.at_us(),
                         moment.at_us() + Days(rule->keep_days())));
      out.back().severity = v1::SIGNAL_SEVERITY_WARNING;
    }
  }
}

void AddAtRisk(const Rules& rules, const JourneyState& state,
               SignalIntervals& out) {
  if (rules.FindSignalRule(v1::SIGNAL_TYPE_AT_RISK) == nullptr) return;
  for (const storage::v1::OpenInvoice& invoice : state.open_invoices()) {
    if (!invoice.has_due_date()) continue;
    out.push_back(Make(
        v1::SIGNAL_TYPE_AT_RISK, "signal.at_risk.invoice",
        invoice.issued().ref(),
        std::max(invoice.issued().at_us(), rules.EndOfDay(invoice.due_date())),
        core::kNever));
    out.back().severity = v1::SIGNAL_SEVERITY_WARNING;
    out.back().about = invoice.invoice_id();
  }
  for (const storage::v1::JourneyTicket& ticket : state.tickets()) {
    if (!ticket.has_critical_complaint()) continue;
    out.push_back(Make(v1::SIGNAL_TYPE_AT_RISK, "signal.at_risk.complaint",
                       ticket.critical_complaint().ref(),
                       ticket.critical_complaint().at_us(), core::kNever));
    out.back().severity = v1::SIGNAL_SEVERITY_CRITICAL;
    out.back().about = ticket.ticket_id();
  }
}

void AddLost(const Rules& rules, const JourneyState& state,
             SignalIntervals& out) {
  if (rules.FindSignalRule(v1::SIGNAL_TYPE_LOST) == nullptr) return;
  for (const SegmentInterval& segment : SegmentIntervals(state)) {
    if (segment.segment != v1::SEGMENT_LOST) continue;
    const auto purchases = PurchasesOf(state);
    if (purchases.empty()) return;
    out.push_back(Make(v1::SIGNAL_TYPE_LOST, "signal.lost",
                       purchases.back()->counted_by().ref(), segment.since,
                       segment.until));
    out.back().severity = v1::SIGNAL_SEVERITY_WARNING;
  }
}

}  // namespace

SignalIntervals JourneySignals(const Rules& rules, const JourneyState& state) {
  SignalIntervals out;
  if (state.subject().type() == v1::SUBJECT_TYPE_VISITOR ||
      rules.rule_set().signals().empty()) {
    return out;
  }
  if (const auto* rule = rules.FindSignalRule(v1::SIGNAL_TYPE_STAGE_CHANGED)) {
    AddStagesChanged(rules, *rule, state, out);
  }
  AddLead(rules, state, out);
  AddVisitSurge(rules, state, out);
  AddPurchaseSignals(rules, state, out);
  AddFeelings(rules, state, out);
  AddAtRisk(rules, state, out);
  AddLost(rules, state, out);
  return out;
}

std::string SignalId(absl::string_view rule_id, const v1::TouchpointRef& anchor,
                     absl::string_view deal_id) {
  core::Sha256 hash;
  // With their lengths, so that no two lists of texts are the same bytes.
  for (const absl::string_view text :
       {rule_id, absl::string_view(anchor.source()),
        absl::string_view(anchor.touchpoint_id()), deal_id}) {
    hash.Add(absl::StrCat(text.size(), ":"));
    hash.Add(text);
  }
  return hash.Finish().substr(0, kSignalIdBytes);
}

}  // namespace journey::projections
