#include "projections/changes.h"

#include <algorithm>
#include <utility>

#include "projections/conclude.h"
#include "projections/explain.h"
#include "projections/stall/stall.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::DealState;

v1::JourneyChange ChangeAt(Micros at, const v1::Explanation& explanation) {
  v1::JourneyChange change;
  *change.mutable_at() = core::ToTimestamp(at);
  *change.mutable_explanation() = explanation;
  return change;
}

v1::JourneyChange StallChangeAt(Micros at, const std::string& deal_id,
                                const v1::Stall& stall,
                                const v1::Explanation& explanation,
                                bool ended) {
  v1::JourneyChange change = ChangeAt(at, explanation);
  v1::StallChange& out = *change.mutable_stall();
  out.set_deal_id(deal_id);
  out.set_reason(stall.reason());
  out.set_severity(stall.severity());
  out.set_ended(ended);
  *out.mutable_since() = stall.since();
  return change;
}

// What a touchpoint did that ended a stall of the deal.
absl::string_view WhatEnded(const v1::Touchpoint& by, const DealState& deal) {
  if (deal.status() == v1::DEAL_STATUS_WON) return "The deal was won.";
  if (deal.status() == v1::DEAL_STATUS_LOST) return "The deal was lost.";
  if (by.has_deal()) return "The deal was changed.";
  if (core::IsCustomerOriginated(by)) return "The customer was heard.";
  if (core::IsCompanyOriginated(by)) return "The company was heard.";
  if (by.has_expected_silence()) return "The customer announced a silence.";
  return "The offer was answered or taken back.";
}

// Only an offer that lapses ends a stall by itself.
v1::Explanation ExplainEnd(const Rules& rules, const v1::Stall& stall,
                           const v1::Touchpoint* by, const DealState& deal) {
  const std::string& rule_id = stall.explanation().rule_id();
  if (by == nullptr) {
    return Explain(rules, rule_id, "The offer that waited has lapsed.",
                   {stall.explanation().causes(0)});
  }
  return Explain(rules, rule_id, WhatEnded(*by, deal), {MomentOf(*by).ref()});
}

const v1::Stall* Find(const std::vector<v1::Stall>& stalls,
                      v1::StallReason reason) {
  for (const v1::Stall& stall : stalls) {
    if (stall.reason() == reason) return &stall;
  }
  return nullptr;
}

bool IsSame(const v1::Stall& a, const v1::Stall& b) {
  return a.severity() == b.severity() &&
         core::ToMicros(a.since()) == core::ToMicros(b.since());
}

}  // namespace

ChangeFinder::ChangeFinder(const Rules& rules, JourneyFold fold, Micros at,
                           StillWanted still_wanted)
    : rules_(rules),
      still_wanted_(std::move(still_wanted)),
      fold_(std::move(fold)),
      at_(at) {
  LetTimePass();
  standing_ = StandingNow();
  fold_.TakeChangedDeals();
  for (const auto& [deal_id, deal] : fold_.deals()) {
    LookAt(deal_id, deals_[deal_id]);
  }
}

absl::Status ChangeFinder::AdvanceTo(Micros until, Tell tell) {
  while (true) {
    Micros next = NextChangeOf(state());
    if (!agenda_.empty()) next = std::min(next, agenda_.begin()->first);
    if (next > until) break;
    at_ = std::max(at_, next);
    if (LetTimePass()) NoteJourney(tell);
    absl::Status status = NoteStalls(TakeDueDeals(), nullptr, tell);
    if (!status.ok()) return status;
  }
  at_ = std::max(at_, until);
  return absl::OkStatus();
}

absl::Status ChangeFinder::Apply(const v1::Touchpoint& touchpoint, Tell tell) {
  absl::Status status =
      AdvanceTo(core::ToMicros(touchpoint.occurred_at()), tell);
  if (!status.ok()) return status;
  Evolve(rules_, touchpoint, fold_);
  ahead_.reset();
  NoteJourney(tell);
  return NoteStalls(fold_.TakeChangedDeals(), &touchpoint, tell);
}

// Brings the state to `at_`; false where that changes nothing.
bool ChangeFinder::LetTimePass() {
  if (NextChangeOf(state()) > at_) return false;
  if (!ahead_.has_value()) ahead_ = fold_.state();
  projections::AdvanceTo(at_, *ahead_);
  return true;
}

ChangeFinder::Standing ChangeFinder::StandingNow() const {
  Standing out;
  const auto& lifecycle = state().lifecycle();
  if (lifecycle.visits().empty()) return out;
  out.visit_count = lifecycle.visit_count();
  out.stage_id = rules_.StageFor(lifecycle.visits().rbegin()->stage()).id();
  out.lead_status = state().lead().status();
  out.lead_since = state().lead().since_us();
  return out;
}

void ChangeFinder::NoteJourney(Tell tell) {
  Standing now = StandingNow();
  const auto& visits = state().lifecycle().visits();
  const int is_new =
      std::min(now.visit_count - standing_.visit_count, visits.size());
  for (int i = visits.size() - is_new; i < visits.size(); ++i) {
    const v1::StageVisit visit = ConcludeVisit(rules_, visits[i]);
    v1::JourneyChange change = ChangeAt(at_, visit.explanation());
    change.mutable_stage()->set_from_stage_id(standing_.stage_id);
    change.mutable_stage()->set_to_stage_id(visit.stage_id());
    change.mutable_stage()->set_cycle(visit.cycle());
    standing_.stage_id = visit.stage_id();
    tell(std::move(change));
  }
  if (now.lead_status != standing_.lead_status ||
      now.lead_since != standing_.lead_since) {
    v1::JourneyChange change =
        ChangeAt(at_, ConcludeLead(rules_, state()).explanation());
    change.mutable_lead_status()->set_from(standing_.lead_status);
    change.mutable_lead_status()->set_to(now.lead_status);
    tell(std::move(change));
  }
  standing_ = std::move(now);
}

// The deals whose stalls time alone changes at `at_`, by id.
std::vector<std::string> ChangeFinder::TakeDueDeals() {
  std::vector<std::string> out;
  while (!agenda_.empty() && agenda_.begin()->first <= at_) {
    out.push_back(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
  }
  return out;
}

// Works out the stalls of a deal at `at_`, and when they change next.
void ChangeFinder::LookAt(const std::string& deal_id, WatchedDeal& out) {
  const DealState& deal = *fold_.deals().at(deal_id).state;
  agenda_.erase({out.next, deal_id});
  out.next = core::kNever;
  bool is_stalled = false;
  for (const StallInterval& interval : StallIntervals(rules_, deal)) {
    for (const Micros instant :
         {interval.since, interval.critical_since, interval.until}) {
      if (instant > at_) out.next = std::min(out.next, instant);
    }
    is_stalled |= interval.since <= at_ && at_ < interval.until;
  }
  out.stalls.clear();
  if (is_stalled) out.stalls = StallsAt(rules_, deal, at_);
  if (out.next != core::kNever) agenda_.emplace(out.next, deal_id);
}

// Tells what is new about the stalls of some deals, which come by id: first
// what ended, then what began or has another beginning.
absl::Status ChangeFinder::NoteStalls(const std::vector<std::string>& deal_ids,
                                      const v1::Touchpoint* by, Tell tell) {
  std::vector<v1::JourneyChange> begun;
  for (const std::string& deal_id : deal_ids) {
    absl::Status wanted = still_wanted_();
    if (!wanted.ok()) return wanted;
    WatchedDeal& deal = deals_[deal_id];
    const std::vector<v1::Stall> before = std::move(deal.stalls);
    LookAt(deal_id, deal);
    for (const v1::Stall& stall : before) {
      if (Find(deal.stalls, stall.reason()) == nullptr) {
        tell(StallChangeAt(
            at_, deal_id, stall,
            ExplainEnd(rules_, stall, by, *fold_.deals().at(deal_id).state),
            /*ended=*/true));
      }
    }
    for (const v1::Stall& stall : deal.stalls) {
      const v1::Stall* known = Find(before, stall.reason());
      if (known == nullptr || !IsSame(*known, stall)) {
        begun.push_back(StallChangeAt(at_, deal_id, stall, stall.explanation(),
                                      /*ended=*/false));
      }
    }
  }
  for (v1::JourneyChange& change : begun) tell(std::move(change));
  return absl::OkStatus();
}

}  // namespace journey::projections
