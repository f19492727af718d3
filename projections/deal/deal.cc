#include "projections/deal/deal.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "projections/deal/flags.h"
#include "projections/deal/pace.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using storage::v1::DealState;
using storage::v1::Moment;

constexpr int kCertainPercent = 100;

bool IsOpen(const DealState& deal) {
  return deal.status() == v1::DEAL_STATUS_OPEN;
}

bool IsLater(const v1::Date& a, const v1::Date& b) {
  return std::make_tuple(a.year(), a.month(), a.day()) >
         std::make_tuple(b.year(), b.month(), b.day());
}

void MoveToStage(const std::string& stage_id, const Moment& moment,
                 DealState& deal) {
  auto& stages = *deal.mutable_stages();
  if (!stages.empty()) stages[stages.size() - 1].set_left_us(moment.at_us());
  if (stages.size() == core::kDealStageVisitsMax) {
    stages.DeleteSubrange(0, 1);
  }
  auto* visit = stages.Add();
  visit->set_pipeline_id(deal.pipeline_id());
  visit->set_stage_id(stage_id);
  *visit->mutable_entered() = moment;
}

// True when the deal's last visit is to this stage of its present pipeline.
bool IsIn(const std::string& stage_id, const DealState& deal) {
  return !deal.stages().empty() && stage_id == CurrentStageId(deal) &&
         deal.stages(deal.stages_size() - 1).pipeline_id() ==
             deal.pipeline_id();
}

// The stage where a deal stands that is decided without naming one: the
// pipeline's stage of certain success, or of certain failure.
const v1::PipelineStage* TerminalStage(const v1::PipelineRules& pipeline,
                                       bool won) {
  const int percent = won ? kCertainPercent : 0;
  for (const auto& stage : pipeline.stages()) {
    if (stage.win_probability_percent() == percent) return &stage;
  }
  return nullptr;
}

// The stage to which a deal returns that is opened again without naming one:
// the last one of its pipeline it was in that is not terminal, else the
// pipeline's first.
std::string StageBeforeDecision(const Rules& rules, const DealState& deal) {
  for (int i = deal.stages_size() - 1; i >= 0; --i) {
    const storage::v1::DealStageState& visit = deal.stages(i);
    if (visit.pipeline_id() != deal.pipeline_id()) continue;
    const auto* stage = rules.FindStage(deal.pipeline_id(), visit.stage_id());
    if (stage == nullptr || !IsTerminal(*stage)) return visit.stage_id();
  }
  const auto* pipeline = rules.FindPipeline(deal.pipeline_id());
  return pipeline == nullptr ? CurrentStageId(deal) : pipeline->stages(0).id();
}

// The stage that a change leads to; empty when it stays.
std::string NextStageId(const Rules& rules, const v1::DealChange& change,
                        bool pipeline_changed, const DealState& deal) {
  if (!change.stage_id().empty()) return change.stage_id();
  const auto* pipeline = rules.FindPipeline(deal.pipeline_id());
  switch (change.action()) {
    case v1::DealChange::ACTION_WON:
    case v1::DealChange::ACTION_LOST: {
      if (pipeline == nullptr) return "";
      const auto* stage = TerminalStage(
          *pipeline, change.action() == v1::DealChange::ACTION_WON);
      return stage == nullptr ? "" : stage->id();
    }
    case v1::DealChange::ACTION_REOPENED:
      return StageBeforeDecision(rules, deal);
    default:
      return pipeline_changed && pipeline != nullptr ? pipeline->stages(0).id()
                                                     : "";
  }
}

void SetExpectedClose(const v1::Date& day, const Moment& moment,
                      DealState& deal) {
  if (deal.has_expected_close_date() &&
      IsLater(day, deal.expected_close_date())) {
    deal.set_push_count(deal.push_count() + 1);
    if (deal.pushes_size() < core::kPushMomentsMax) {
      *deal.add_pushes() = moment;
    }
  }
  *deal.mutable_expected_close_date() = day;
  *deal.mutable_expected_close_moment() = moment;
}

// Takes over the fields that a change reports; unset ones keep their value.
void TakeFields(const v1::Touchpoint& touchpoint, const Moment& moment,
                DealState& deal) {
  const v1::DealChange& change = touchpoint.deal();
  if (!change.name().empty()) deal.set_name(change.name());
  if (!touchpoint.owner_id().empty()) deal.set_owner_id(touchpoint.owner_id());
  if (change.has_amount()) {
    if (deal.has_amount() &&
        deal.amount().currency_code() != change.amount().currency_code()) {
      deal.set_currency_changed(true);
    }
    *deal.mutable_amount() = change.amount();
  }
  if (change.products_size() > 0) {
    *deal.mutable_products() = change.products();
  }
  if (change.contacts_size() > 0) {
    *deal.mutable_contacts() = change.contacts();
  }
  if (change.has_expected_close_date()) {
    SetExpectedClose(change.expected_close_date(), moment, deal);
  }
  if (change.has_delivery_date()) {
    *deal.mutable_delivery_date() = change.delivery_date();
  }
  if (!change.lost_reason().empty()) {
    deal.set_lost_reason(change.lost_reason());
  }
}

v1::DealStatus NextStatus(const v1::DealChange& change, const DealState& deal) {
  switch (change.action()) {
    case v1::DealChange::ACTION_WON:
      return v1::DEAL_STATUS_WON;
    case v1::DealChange::ACTION_LOST:
      return v1::DEAL_STATUS_LOST;
    case v1::DealChange::ACTION_REOPENED:
      return v1::DEAL_STATUS_OPEN;
    default:
      return deal.status() == v1::DEAL_STATUS_UNSPECIFIED ? v1::DEAL_STATUS_OPEN
                                                          : deal.status();
  }
}

// Keeps the journey's list of open deals, in the order they became open. Over
// its bound the first one is left out.
void UpdateOpenDeals(const DealState& deal, bool became_open,
                     storage::v1::JourneyState& state) {
  auto& open = *state.mutable_open_deals();
  auto it = std::find_if(open.begin(), open.end(), [&](const auto& entry) {
    return entry.deal_id() == deal.deal_id();
  });
  if (it != open.end() && (became_open || !IsOpen(deal))) {
    open.erase(it);
    it = open.end();
  }
  if (became_open) {
    auto* entry = open.Add();
    entry->set_deal_id(deal.deal_id());
    entry->set_owner_id(deal.owner_id());
    if (open.size() > core::kOpenDealsMax) {
      state.add_left_out_deal_ids(open[0].deal_id());
      open.DeleteSubrange(0, 1);
    }
  } else if (it != open.end()) {
    it->set_owner_id(deal.owner_id());
  }
}

DealOutcome ApplyChange(const Rules& rules, const v1::Touchpoint& touchpoint,
                        const Moment& moment, JourneyFold& fold) {
  const v1::DealChange& change = touchpoint.deal();
  DealState& deal = fold.ChangedDealOf(touchpoint.deal_id());
  const bool is_new = deal.status() == v1::DEAL_STATUS_UNSPECIFIED;
  if (is_new) {
    deal.set_deal_id(touchpoint.deal_id());
    *deal.mutable_opened() = moment;
    fold.state().set_deal_count(fold.state().deal_count() + 1);
  }
  const bool pipeline_changed =
      is_new || (!change.pipeline_id().empty() &&
                 change.pipeline_id() != deal.pipeline_id());
  if (!change.pipeline_id().empty()) {
    deal.set_pipeline_id(change.pipeline_id());
  } else if (is_new) {
    deal.set_pipeline_id(rules.rule_set().pipelines(0).id());
  }
  TakeFields(touchpoint, moment, deal);
  deal.set_account_owner_id(fold.state().profile_owner_id());

  const v1::DealStatus before = deal.status();
  const v1::DealStatus after = NextStatus(change, deal);
  const std::string stage_id =
      change.action() == v1::DealChange::ACTION_REOPENED && IsOpen(deal) &&
              !pipeline_changed
          ? change.stage_id()
          : NextStageId(rules, change, pipeline_changed, deal);
  const bool is_moved = !stage_id.empty() && !IsIn(stage_id, deal);
  NoteFlags(change.action(), before, is_moved, deal);
  if (is_moved) MoveToStage(stage_id, moment, deal);

  DealOutcome outcome;
  if (after != before) {
    deal.set_status(after);
    *deal.mutable_status_moment() = moment;
    outcome.opened = IsOpen(deal);
    outcome.won = after == v1::DEAL_STATUS_WON;
    const int opened = static_cast<int>(outcome.opened) -
                       static_cast<int>(before == v1::DEAL_STATUS_OPEN);
    fold.state().set_open_deal_count(fold.state().open_deal_count() + opened);
    if (outcome.opened) {
      *deal.mutable_active_since() = moment;
    } else if (!deal.owner_id().empty()) {
      fold.state().set_closed_deal_owner_id(deal.owner_id());
    }
  }
  UpdateOpenDeals(deal, outcome.opened, fold.state());
  return outcome;
}

void RemoveOffer(const std::string& offer_id, DealState& deal) {
  auto& offers = *deal.mutable_open_offers();
  offers.erase(std::remove_if(offers.begin(), offers.end(),
                              [&](const auto& offer) {
                                return offer.offer_id() == offer_id;
                              }),
               offers.end());
}

void RemoveLapsed(const std::string& offer_id, core::Micros at,
                  DealState& deal) {
  for (const auto& offer : deal.open_offers()) {
    if (offer.offer_id() == offer_id && offer.valid_until_us() != 0 &&
        offer.valid_until_us() <= at) {
      return RemoveOffer(offer_id, deal);
    }
  }
}

// An offer that is sent again while it stands keeps the time it was first sent,
// but takes the new period of validity; one that has lapsed is a new one.
void AddOffer(const v1::Offer& offer, const Moment& moment, DealState& deal) {
  if (!offer.replaces_offer_id().empty()) {
    RemoveOffer(offer.replaces_offer_id(), deal);
  }
  const core::Micros valid_until =
      offer.has_valid_until() ? core::ToMicros(offer.valid_until()) : 0;
  RemoveLapsed(offer.offer_id(), moment.at_us(), deal);
  for (auto& known : *deal.mutable_open_offers()) {
    if (known.offer_id() == offer.offer_id()) {
      known.set_valid_until_us(valid_until);
      if (offer.has_amount()) *known.mutable_amount() = offer.amount();
      return;
    }
  }
  if (deal.open_offers_size() == core::kOpenOffersMax) return;
  auto* open = deal.add_open_offers();
  open->set_offer_id(offer.offer_id());
  *open->mutable_sent() = moment;
  open->set_valid_until_us(valid_until);
  if (offer.has_amount()) *open->mutable_amount() = offer.amount();
}

void ApplyOffer(const v1::Offer& offer, const Moment& moment, DealState& deal) {
  switch (offer.action()) {
    case v1::Offer::ACTION_SENT:
      AddOffer(offer, moment, deal);
      break;
    case v1::Offer::ACTION_ACCEPTED:
    case v1::Offer::ACTION_REJECTED:
    case v1::Offer::ACTION_EXPIRED:
    case v1::Offer::ACTION_WITHDRAWN:
      RemoveOffer(offer.offer_id(), deal);
      break;
    default:
      break;
  }
}

// The customer was heard: offers are answered and an announced silence ends.
void HearCustomer(const Rules& rules, const Moment& moment, DealState& deal) {
  NotePace(rules.calendar(), moment.at_us(), deal);
  *deal.mutable_last_customer() = moment;
  deal.clear_open_offers();
  deal.clear_expected_silence_until_us();
  deal.clear_expected_silence_cause();
}

}  // namespace

DealOutcome ApplyToDeals(const Rules& rules, const v1::Touchpoint& touchpoint,
                         const Moment& moment, JourneyFold& fold) {
  if (touchpoint.has_deal()) {
    return ApplyChange(rules, touchpoint, moment, fold);
  }
  const bool from_customer = core::IsCustomerOriginated(touchpoint);
  const bool from_company = core::IsCompanyOriginated(touchpoint);
  const bool concerns_deals = from_customer || from_company ||
                              touchpoint.has_offer() ||
                              touchpoint.has_expected_silence();
  if (!concerns_deals) return {};
  for (DealState* deal : TargetsOf(touchpoint, fold)) {
    if (from_customer) HearCustomer(rules, moment, *deal);
    if (from_company) *deal->mutable_last_company() = moment;
    if (touchpoint.has_offer()) ApplyOffer(touchpoint.offer(), moment, *deal);
    if (touchpoint.has_expected_silence()) {
      deal->set_expected_silence_until_us(
          core::ToMicros(touchpoint.expected_silence().until()));
      *deal->mutable_expected_silence_cause() = moment.ref();
    }
  }
  return {};
}

std::vector<DealState*> TargetsOf(const v1::Touchpoint& touchpoint,
                                  JourneyFold& fold) {
  std::vector<DealState*> targets;
  const auto add = [&](const std::string& deal_id) {
    // A deal that nobody has opened yet is kept without a status: what was
    // sent for it before counts once it is open.
    DealState& deal = fold.ChangedDealOf(deal_id);
    deal.set_deal_id(deal_id);
    targets.push_back(&deal);
  };
  if (!touchpoint.deal_id().empty()) {
    add(touchpoint.deal_id());
  } else {
    for (const auto& open : fold.state().open_deals()) add(open.deal_id());
  }
  return targets;
}

void TellAccountOwner(JourneyFold& fold) {
  const std::string& owner_id = fold.state().profile_owner_id();
  for (const auto& open : fold.state().open_deals()) {
    if (fold.DealOf(open.deal_id()).account_owner_id() == owner_id) continue;
    fold.ChangedDealOf(open.deal_id()).set_account_owner_id(owner_id);
  }
}

const std::string& OwnerOf(const DealState& deal) {
  return deal.owner_id().empty() ? deal.account_owner_id() : deal.owner_id();
}

bool IsTerminal(const v1::PipelineStage& stage) {
  return stage.win_probability_percent() == 0 ||
         stage.win_probability_percent() == kCertainPercent;
}

const std::string& CurrentStageId(const DealState& deal) {
  static const auto* const kNone = new std::string;
  return deal.stages().empty() ? *kNone
                               : deal.stages(deal.stages_size() - 1).stage_id();
}

}  // namespace journey::projections
