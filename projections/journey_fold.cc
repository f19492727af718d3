#include "projections/journey_fold.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "projections/deal/deal.h"
#include "projections/invoice/open_invoices.h"
#include "projections/lifecycle/lifecycle.h"
#include "projections/lifecycle/sales.h"
#include "projections/plan/plan.h"
#include "projections/profile/profile.h"
#include "projections/qualification/mql.h"
#include "projections/qualification/qualification.h"
#include "projections/segment/segment.h"
#include "projections/signal/facts.h"
#include "projections/task/task.h"
#include "projections/ticket/ticket.h"
#include "service/core/identity.h"
#include "service/core/time.h"

namespace journey::projections {

JourneyFold::JourneyFold(const v1::Subject& subject,
                         google::protobuf::Arena* arena)
    : own_arena_(arena == nullptr ? std::make_unique<google::protobuf::Arena>()
                                  : nullptr),
      arena_(arena == nullptr ? own_arena_.get() : arena),
      state_(google::protobuf::Arena::CreateMessage<storage::v1::JourneyState>(
          arena_)) {
  *state_->mutable_subject() = subject;
}

JourneyFold JourneyFold::Copy() const {
  JourneyFold copy(state_->subject());
  *copy.state_ = *state_;
  for (const auto& [deal_id, deal] : deals_) {
    FoldedDeal& to = copy.FoldedOf(deal_id);
    *to.state = *deal.state;
    to.is_changed = deal.is_changed;
  }
  copy.changed_ = changed_;
  return copy;
}

void JourneyFold::Compact() {
  if (own_arena_ != nullptr) *this = Copy();
}

FoldedDeal& JourneyFold::FoldedOf(const std::string& deal_id) {
  FoldedDeal& deal = deals_[deal_id];
  if (deal.state == nullptr) {
    deal.state =
        google::protobuf::Arena::CreateMessage<storage::v1::DealState>(arena_);
  }
  return deal;
}

storage::v1::DealState& JourneyFold::ChangedDealOf(const std::string& deal_id) {
  FoldedDeal& deal = FoldedOf(deal_id);
  if (!deal.is_changed) changed_.push_back(deal_id);
  deal.is_changed = true;
  return *deal.state;
}

std::vector<std::string> JourneyFold::TakeChangedDeals() {
  for (const std::string& deal_id : changed_) {
    deals_.at(deal_id).is_changed = false;
  }
  std::sort(changed_.begin(), changed_.end());
  return std::exchange(changed_, {});
}

std::vector<Award> Evolve(const Rules& rules, const v1::Touchpoint& touchpoint,
                          JourneyFold& fold) {
  if (core::IsIdentityKind(touchpoint)) return {};
  storage::v1::JourneyState& state = fold.state();
  const storage::v1::Moment moment = MomentOf(touchpoint);
  AdvanceTo(moment.at_us(), state);

  if (state.touchpoint_count() == 0) state.set_first_at_us(moment.at_us());
  state.set_touchpoint_count(state.touchpoint_count() + 1);
  *state.mutable_newest() = moment;
  ApplyToProfile(touchpoint, state);
  std::vector<Award> awards = ApplyToScores(rules, touchpoint, moment, state);

  if (touchpoint.has_profile()) TellAccountOwner(fold);
  const DealOutcome deal = ApplyToDeals(rules, touchpoint, moment, fold);
  ApplyToOpenInvoices(touchpoint, moment, state);
  const SaleOutcome sale = ApplyToSales(touchpoint, moment, deal.won, state);
  ApplyToTickets(touchpoint, moment, state);
  ApplyToLead(rules, touchpoint, moment, sale, state);
  ApplyToLifecycle(rules, touchpoint, moment, deal, sale, state);
  ApplyToSignalFacts(rules, touchpoint, moment, state);
  ApplyToPlan(rules, touchpoint, moment, state);
  ApplyToTasks(touchpoint, moment, state);
  ApplyToFollowUps(touchpoint, moment, fold);
  ApplyToSegments(rules, touchpoint, moment, state);
  return awards;
}

core::Micros NextChangeOf(const storage::v1::JourneyState& state) {
  const auto or_never = [](core::Micros at) {
    return at == 0 ? core::kNever : at;
  };
  return std::min(or_never(state.lifecycle().hold_until_us()),
                  or_never(state.lead().mql_until_us()));
}

void AdvanceTo(core::Micros instant, storage::v1::JourneyState& state) {
  // Neither depends on the other, so that their order is of no consequence.
  EndHoldBy(instant, state);
  EndMqlBy(instant, state);
}

storage::v1::Moment MomentOf(const v1::Touchpoint& touchpoint) {
  storage::v1::Moment moment;
  moment.set_at_us(core::ToMicros(touchpoint.occurred_at()));
  moment.mutable_ref()->set_source(touchpoint.source());
  moment.mutable_ref()->set_touchpoint_id(touchpoint.touchpoint_id());
  return moment;
}

bool Before(const storage::v1::Moment& a, const storage::v1::Moment& b) {
  return std::forward_as_tuple(a.at_us(), a.ref().source(),
                               a.ref().touchpoint_id()) <
         std::forward_as_tuple(b.at_us(), b.ref().source(),
                               b.ref().touchpoint_id());
}

}  // namespace journey::projections
