#include "projections/qualification/qualification.h"

#include <algorithm>
#include <string>

#include "projections/journey_fold.h"
#include "projections/qualification/mql.h"
#include "projections/scoring/scoring.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using storage::v1::JourneyState;
using storage::v1::LeadState;
using storage::v1::Moment;
using storage::v1::Sale;

// The rule by which a touchpoint asks for a commercial conversation; null
// when it does not.
const char* RequestRule(const Rules& rules, const v1::Touchpoint& touchpoint) {
  if (touchpoint.has_form_submission() &&
      rules.IsSqlIntent(touchpoint.form_submission().intent())) {
    return kRuleSqlForm;
  }
  if (touchpoint.has_meeting() &&
      touchpoint.meeting().action() == v1::Meeting::ACTION_HELD &&
      core::IsCustomerOriginated(touchpoint) &&
      rules.rule_set().qualification().sql_meeting_held()) {
    return kRuleSqlMeeting;
  }
  return nullptr;
}

bool IsCustomer(const LeadState& lead) {
  return lead.status() == v1::LEAD_STATUS_CUSTOMER;
}

void ApplyRequest(const char* rule_id, const Moment& moment, LeadState& lead) {
  if (IsCustomer(lead) && !lead.has_open_request()) {
    *lead.mutable_open_request()->mutable_moment() = moment;
    lead.mutable_open_request()->set_rule_id(rule_id);
  }
  LeadState& standing = WithoutPurchases(lead);
  if (standing.status() != v1::LEAD_STATUS_DISQUALIFIED) {
    SetLeadStatus(v1::LEAD_STATUS_SQL, rule_id, moment, standing);
  }
}

// A purchase makes a customer, but not of the disqualified.
void BecomeCustomer(const Moment& moment, LeadState& lead) {
  if (IsCustomer(lead) || lead.status() == v1::LEAD_STATUS_DISQUALIFIED) {
    return;
  }
  LeadState standing = lead;
  SetLeadStatus(v1::LEAD_STATUS_CUSTOMER, kRulePurchase, moment, lead);
  *lead.mutable_without_purchases() = std::move(standing);
}

bool IsGivenBack(v1::Qualification::Action action) {
  return action == v1::Qualification::ACTION_REJECTED ||
         action == v1::Qualification::ACTION_RECYCLED;
}

// Sales' word about a lead as it were without purchases. Only acceptance leads
// out of disqualified.
void ApplyVerdict(v1::Qualification::Action action, const Moment& moment,
                  LeadState& standing) {
  if (standing.status() == v1::LEAD_STATUS_DISQUALIFIED &&
      action != v1::Qualification::ACTION_ACCEPTED) {
    return;
  }
  switch (action) {
    case v1::Qualification::ACTION_ACCEPTED:
      SetLeadStatus(v1::LEAD_STATUS_SQL, kRuleAccepted, moment, standing);
      break;
    case v1::Qualification::ACTION_REJECTED:
      SetLeadStatus(v1::LEAD_STATUS_NONE, kRuleRejected, moment, standing);
      break;
    case v1::Qualification::ACTION_RECYCLED:
      SetLeadStatus(v1::LEAD_STATUS_RECYCLED, kRuleRecycled, moment, standing);
      break;
    case v1::Qualification::ACTION_DISQUALIFIED:
      SetLeadStatus(v1::LEAD_STATUS_DISQUALIFIED, kRuleDisqualified, moment,
                    standing);
      break;
    default:
      break;
  }
}

// A customer stays a customer, whose requests end when sales gives them back.
// A lead that had bought becomes one when sales accepts it.
void ApplyQualification(v1::Qualification::Action action, const Moment& moment,
                        JourneyState& state) {
  LeadState& lead = *state.mutable_lead();
  ApplyVerdict(action, moment, WithoutPurchases(lead));
  if (IsGivenBack(action)) {
    lead.clear_open_request();
    for (auto& sale : *state.mutable_sales()) sale.clear_answered();
  }
  if (action == v1::Qualification::ACTION_ACCEPTED &&
      state.purchase_count() > 0) {
    BecomeCustomer(moment, lead);
  }
}

// What a purchase that is undone had answered, the next one answers; without
// one it is open again.
void TakeBackAnswer(Sale& undone, JourneyState& state) {
  if (!undone.has_answered()) return;
  Sale* next = nullptr;
  for (Sale& sale : *state.mutable_sales()) {
    if (sale.counted() && Before(undone.counted_by(), sale.counted_by()) &&
        (next == nullptr || Before(sale.counted_by(), next->counted_by()))) {
      next = &sale;
    }
  }
  *(next == nullptr ? state.mutable_lead()->mutable_open_request()
                    : next->mutable_answered()) = undone.answered();
  undone.clear_answered();
}

// A purchase answers the open request. When the last one is undone the lead
// stands where it would without them.
void ApplySale(const Moment& moment, const SaleOutcome& sale,
               JourneyState& state) {
  LeadState& lead = *state.mutable_lead();
  if (sale.purchased != nullptr) {
    if (lead.has_open_request()) {
      *sale.purchased->mutable_answered() = lead.open_request();
      lead.clear_open_request();
    }
    BecomeCustomer(moment, lead);
  }
  if (sale.undone == nullptr) return;
  TakeBackAnswer(*sale.undone, state);
  if (state.purchase_count() == 0 && IsCustomer(lead)) {
    LeadState standing = lead.without_purchases();
    lead = std::move(standing);
  }
}

}  // namespace

void SetLeadStatus(v1::LeadStatus status, const char* rule_id,
                   const Moment& moment, LeadState& lead) {
  if (lead.status() == status) return;
  lead.set_status(status);
  lead.set_since_us(moment.at_us());
  lead.set_rule_id(rule_id);
  *lead.mutable_cause() = moment.ref();
  lead.clear_mql_until_us();
  lead.clear_mql_points();
  lead.clear_mql_causes();
}

LeadState& WithoutPurchases(LeadState& lead) {
  return IsCustomer(lead) ? *lead.mutable_without_purchases() : lead;
}

const LeadState& WithoutPurchases(const LeadState& lead) {
  return IsCustomer(lead) ? lead.without_purchases() : lead;
}

void ApplyToLead(const Rules& rules, const v1::Touchpoint& touchpoint,
                 const Moment& moment, const SaleOutcome& sale,
                 JourneyState& state) {
  LeadState& lead = *state.mutable_lead();
  if (lead.status() == v1::LEAD_STATUS_UNSPECIFIED) {
    lead.set_status(v1::LEAD_STATUS_NONE);
    lead.set_since_us(moment.at_us());
    lead.set_rule_id(kRuleNoLead);
  }
  if (state.subject().type() == v1::SUBJECT_TYPE_VISITOR) return;
  const bool has_mql = rules.rule_set().scoring().has_behaviour();
  if (has_mql) NoteMarketing(touchpoint, moment, state);
  if (const char* rule_id = RequestRule(rules, touchpoint)) {
    ApplyRequest(rule_id, moment, lead);
  }
  if (touchpoint.has_qualification()) {
    ApplyQualification(touchpoint.qualification().action(), moment, state);
  }
  if (has_mql && GivesBack(touchpoint)) {
    BeginQualifyingAnew(*state.mutable_scoring());
  }
  ApplySale(moment, sale, state);
  if (has_mql) SettleMql(rules, moment, state);
}

bool GivesBack(const v1::Touchpoint& touchpoint) {
  return touchpoint.has_qualification() &&
         IsGivenBack(touchpoint.qualification().action());
}

const char* LeadRuleText(const std::string& rule_id) {
  static constexpr struct {
    const char* rule_id;
    const char* text;
  } kTexts[] = {
      {kRuleSqlForm, "A form asked for a commercial conversation."},
      {kRuleSqlMeeting, "A sales meeting was held."},
      {kRuleAccepted, "Sales accepted the lead."},
      {kRuleRejected, "Sales rejected the lead."},
      {kRuleRecycled, "Sales gave the lead back to marketing."},
      {kRuleDisqualified, "Sales disqualified the lead."},
      {kRulePurchase, "The customer has bought."},
      {kRuleMql,
       "Came through marketing, with enough points for its behaviour."},
      {kRuleScoreBelow, "The behaviour score fell below the threshold."},
      {kRuleFitNegative, "The fit became negative."},
      {kRuleNoLead, "Nothing has made it a lead for sales."},
  };
  const auto* it =
      std::find_if(std::begin(kTexts), std::end(kTexts),
                   [&](const auto& entry) { return rule_id == entry.rule_id; });
  return it == std::end(kTexts) ? "" : it->text;
}

}  // namespace journey::projections
