#include <tuple>

#include "absl/strings/str_cat.h"
#include "google/protobuf/unknown_field_set.h"
#include "service/core/identity.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/core/validate_touchpoint.h"

namespace journey::core {
namespace {

// The range of answers to a survey's question.
struct ScoreRange {
  int min;
  int max;
};
constexpr ScoreRange kNpsRange = {0, 10};
constexpr ScoreRange kCsatRange = {1, 5};
constexpr ScoreRange kCesRange = {1, 7};

void CheckProducts(
    const google::protobuf::RepeatedPtrField<v1::Product>& products,
    int count_max, const FieldChecker& at) {
  at.Count("products", products.size(), count_max);
  for (int i = 0; i < products.size(); ++i) {
    const FieldChecker product(at, "products", i);
    product.RequiredText("product_id", products[i].product_id(), kIdBytesMax);
    product.NotNegative("quantity", products[i].quantity());
  }
}

void Check(const v1::SiteVisit& visit, const FieldChecker& at) {
  at.Text("url", visit.url(), kUrlBytesMax);
  at.Text("referrer", visit.referrer(), kUrlBytesMax);
  if (visit.has_duration()) at.Duration("duration", visit.duration());
  at.NotNegative("pages", visit.pages());
}

void Check(const v1::AdInteraction& ad, const FieldChecker& at) {
  at.Text("network", ad.network(), kLabelBytesMax);
  at.RequiredEnum("action", ad.action());
}

void Check(const v1::Content& content, const FieldChecker& at) {
  at.Text("asset", content.asset(), kNameBytesMax);
  at.RequiredEnum("action", content.action());
}

void Check(const v1::FormSubmission& form, const FieldChecker& at) {
  at.RequiredEnum("intent", form.intent());
  at.Text("form_id", form.form_id(), kIdBytesMax);
}

void Check(const v1::EventAttendance& event, const FieldChecker& at) {
  at.Text("event_id", event.event_id(), kIdBytesMax);
  at.RequiredEnum("action", event.action());
  at.Text("event_type", event.event_type(), kLabelBytesMax);
}

void Check(const v1::Social& social, const FieldChecker& at) {
  at.Text("network", social.network(), kLabelBytesMax);
  at.RequiredEnum("action", social.action());
}

void Check(const v1::Chat& chat, const FieldChecker& at) {
  at.NotNegative("messages", chat.messages());
}

void Check(const v1::Email& email, const FieldChecker& at) {
  at.RequiredEnum("action", email.action());
  at.Text("subject", email.subject(), kReasonBytesMax);
  at.Text("message_id", email.message_id(), kIdBytesMax);
}

void Check(const v1::Call& call, const FieldChecker& at) {
  at.RequiredEnum("outcome", call.outcome());
  if (call.has_duration()) at.Duration("duration", call.duration());
  if (call.has_wait()) at.Duration("wait", call.wait());
}

void Check(const v1::Meeting& meeting, const FieldChecker& at) {
  at.RequiredEnum("action", meeting.action());
  at.Text("meeting_id", meeting.meeting_id(), kIdBytesMax);
  if (meeting.has_starts_at()) at.Instant("starts_at", meeting.starts_at());
}

void Check(const v1::Offer& offer, const FieldChecker& at) {
  at.RequiredEnum("action", offer.action());
  at.RequiredText("offer_id", offer.offer_id(), kIdBytesMax);
  if (offer.has_amount()) at.Money("amount", offer.amount());
  if (offer.has_valid_until()) at.Instant("valid_until", offer.valid_until());
  at.Text("replaces_offer_id", offer.replaces_offer_id(), kIdBytesMax);
}

void Check(const v1::DealChange& deal, const FieldChecker& at) {
  at.RequiredEnum("action", deal.action());
  at.Text("pipeline_id", deal.pipeline_id(), kLabelBytesMax);
  at.Text("stage_id", deal.stage_id(), kLabelBytesMax);
  if (deal.has_amount()) at.SignedMoney("amount", deal.amount());
  CheckProducts(deal.products(), kDealProductsMax, at);
  if (deal.has_expected_close_date()) {
    at.Date("expected_close_date", deal.expected_close_date());
  }
  if (deal.has_delivery_date()) at.Date("delivery_date", deal.delivery_date());
  at.Text("lost_reason", deal.lost_reason(), kReasonBytesMax);
  at.Count("contacts", deal.contacts_size(), kDealContactsMax);
  for (int i = 0; i < deal.contacts_size(); ++i) {
    const FieldChecker contact(at, "contacts", i);
    contact.RequiredText("contact_id", deal.contacts(i).contact_id(),
                         kIdBytesMax);
    contact.Enum("role", deal.contacts(i).role());
  }
  at.Text("name", deal.name(), kNameBytesMax);
}

void Check(const v1::Contract& contract, const FieldChecker& at) {
  at.RequiredEnum("action", contract.action());
  at.RequiredText("contract_id", contract.contract_id(), kIdBytesMax);
  if (contract.has_starts_on()) at.Date("starts_on", contract.starts_on());
  if (contract.has_ends_on()) at.Date("ends_on", contract.ends_on());
  at.Text("renewal_id", contract.renewal_id(), kIdBytesMax);
}

void Check(const v1::Invoice& invoice, const FieldChecker& at) {
  at.RequiredEnum("action", invoice.action());
  at.RequiredText("invoice_id", invoice.invoice_id(), kIdBytesMax);
  if (invoice.has_amount()) at.Money("amount", invoice.amount());
  if (invoice.has_due_date()) at.Date("due_date", invoice.due_date());
  CheckProducts(invoice.products(), kInvoiceProductsMax, at);
  at.Text("contract_id", invoice.contract_id(), kIdBytesMax);
  at.Text("renewal_id", invoice.renewal_id(), kIdBytesMax);
}

void Check(const v1::TicketChange& ticket, const FieldChecker& at) {
  at.RequiredEnum("action", ticket.action());
  at.RequiredText("ticket_id", ticket.ticket_id(), kIdBytesMax);
  at.Enum("severity", ticket.severity());
  at.Enum("type", ticket.type());
  at.Text("subject", ticket.subject(), kReasonBytesMax);
}

void CheckScore(int score, const ScoreRange& range, const FieldChecker& at) {
  if (score >= range.min && score <= range.max) return;
  at.Fail("score", absl::StrCat("must be ", range.min, " to ", range.max,
                                " for this type of survey, is ", score));
}

void Check(const v1::Survey& survey, const FieldChecker& at) {
  at.RequiredEnum("type", survey.type());
  switch (survey.type()) {
    case v1::Survey::TYPE_NPS:
      CheckScore(survey.score(), kNpsRange, at);
      break;
    case v1::Survey::TYPE_CSAT:
      CheckScore(survey.score(), kCsatRange, at);
      break;
    case v1::Survey::TYPE_CES:
      CheckScore(survey.score(), kCesRange, at);
      break;
    default:
      break;
  }
  at.Text("comment", survey.comment(), kCommentBytesMax);
}

void Check(const v1::Qualification& qualification, const FieldChecker& at) {
  at.RequiredEnum("action", qualification.action());
  at.Text("reason", qualification.reason(), kReasonBytesMax);
}

void Check(const v1::Profile& profile, const FieldChecker& at) {
  at.Text("name", profile.name(), kNameBytesMax);
  at.Text("industry", profile.industry(), kIdBytesMax);
  at.Text("size", profile.size(), kLabelBytesMax);
  at.Text("persona", profile.persona(), kIdBytesMax);
  at.Text("mail_domain", profile.mail_domain(), kIdBytesMax);
}

void Check(const v1::StageSet& stage_set, const FieldChecker& at) {
  at.RequiredText("stage_id", stage_set.stage_id(), kLabelBytesMax);
  at.Text("reason", stage_set.reason(), kReasonBytesMax);
}

void Check(const v1::ExpectedSilence& silence, const FieldChecker& at) {
  if (silence.has_until()) {
    at.Instant("until", silence.until());
  } else {
    at.Fail("until", "is required");
  }
  at.Text("reason", silence.reason(), kReasonBytesMax);
}

void Check(const v1::Task& task, const FieldChecker& at) {
  at.RequiredEnum("action", task.action());
  at.RequiredText("task_id", task.task_id(), kIdBytesMax);
  if (task.has_due_at()) at.Instant("due_at", task.due_at());
  at.Text("plan_activity_id", task.plan_activity_id(), kLabelBytesMax);
  at.Text("title", task.title(), kReasonBytesMax);
}

void Check(const v1::Reward& reward, const FieldChecker& at) {
  at.RequiredEnum("action", reward.action());
  at.Text("code", reward.code(), kIdBytesMax);
}

bool RequiredDate(absl::string_view name, bool is_set, const v1::Date& date,
                  const FieldChecker& at) {
  if (is_set) return at.Date(name, date);
  at.Fail(name, "is required");
  return false;
}

bool IsBefore(const v1::Date& a, const v1::Date& b) {
  return std::make_tuple(a.year(), a.month(), a.day()) <
         std::make_tuple(b.year(), b.month(), b.day());
}

void Check(const v1::Spend& spend, const FieldChecker& at) {
  at.RequiredEnum("category", spend.category());
  if (spend.has_amount()) {
    at.Money("amount", spend.amount());
  } else {
    at.Fail("amount", "is required");
  }
  const bool has_start =
      RequiredDate("starts_on", spend.has_starts_on(), spend.starts_on(), at);
  const bool has_end =
      RequiredDate("ends_on", spend.has_ends_on(), spend.ends_on(), at);
  if (has_start && has_end && IsBefore(spend.ends_on(), spend.starts_on())) {
    at.Fail("ends_on", "must not be before starts_on");
  }
}

void Check(const v1::Custom& custom, const FieldChecker& at) {
  at.RequiredText("type", custom.type(), kLabelBytesMax);
}

void CheckNoPlaceholder(absl::string_view name, absl::string_view id,
                        const FieldChecker& at) {
  if (!id.empty() && IsPlaceholderId(id)) at.Fail(name, kPlaceholderMistake);
}

void CheckIdentityLink(const v1::Touchpoint& t, const FieldChecker& at) {
  CheckNoPlaceholder("account_id", t.account_id(), at);
  CheckNoPlaceholder("contact_id", t.contact_id(), at);
  CheckNoPlaceholder("anonymous_id", t.anonymous_id(), at);
  if (!t.deal_id().empty()) {
    at.Fail("deal_id", "does not belong to the kind identity_link; clear it");
  }
  const int ids = static_cast<int>(!t.account_id().empty()) +
                  static_cast<int>(!t.contact_id().empty()) +
                  static_cast<int>(!t.anonymous_id().empty());
  if (ids == 1) {
    at.Fail("identity_link",
            "needs two ids that belong together; set at least two of "
            "account_id, contact_id and anonymous_id");
  }
  const FieldChecker payload(at, "identity_link");
  payload.Text("reason", t.identity_link().reason(), kReasonBytesMax);
  payload.Text("actor", t.identity_link().actor(), kIdBytesMax);
}

void CheckAccountMerge(const v1::Touchpoint& t, const FieldChecker& at) {
  const v1::AccountMerge& merge = t.account_merge();
  if (t.account_id().empty()) {
    at.Fail("account_id", "is required for the kind account_merge");
  }
  CheckNoPlaceholder("account_id", t.account_id(), at);
  if (!t.contact_id().empty() || !t.anonymous_id().empty() ||
      !t.deal_id().empty()) {
    at.Fail("account_merge",
            "names accounts only; clear contact_id, anonymous_id and deal_id");
  }
  const FieldChecker payload(at, "account_merge");
  payload.RequiredText("other_account_id", merge.other_account_id(),
                       kIdBytesMax);
  CheckNoPlaceholder("other_account_id", merge.other_account_id(), payload);
  if (!merge.other_account_id().empty() &&
      merge.other_account_id() == t.account_id()) {
    payload.Fail("other_account_id",
                 "is the account itself; name another account");
  }
  payload.Text("reason", merge.reason(), kReasonBytesMax);
  payload.Text("actor", merge.actor(), kIdBytesMax);
}

// Payloads of newer versions are unknown fields here. With two payloads the
// last one would win, in a newer version only: the meaning would change.
void CheckOnePayload(const v1::Touchpoint& t, const FieldChecker& at) {
  const auto& unknown = t.GetReflection()->GetUnknownFields(t);
  int payload = t.payload_case();
  for (int i = 0; i < unknown.field_count(); ++i) {
    const google::protobuf::UnknownField& field = unknown.field(i);
    const int number = field.number();
    if (number < kPayloadFieldMin || number > kPayloadFieldMax) continue;
    if (payload != 0 && payload != number) {
      return at.Fail("payload",
                     absl::StrCat("is set twice, by the fields ", payload,
                                  " and ", number, "; set exactly one"));
    }
    if (field.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      return at.Fail("payload",
                     absl::StrCat("of field ", number,
                                  " is no message; fields ", kPayloadFieldMin,
                                  " to ", kPayloadFieldMax, " are payloads"));
    }
    payload = number;
  }
  if (payload == 0) at.Fail("payload", "is required; set exactly one");
}

}  // namespace

void CheckPayload(const v1::Touchpoint& t, const FieldChecker& at) {
  CheckOnePayload(t, at);
  switch (t.payload_case()) {
    case v1::Touchpoint::kSiteVisit:
      return Check(t.site_visit(), {at, "site_visit"});
    case v1::Touchpoint::kAdInteraction:
      return Check(t.ad_interaction(), {at, "ad_interaction"});
    case v1::Touchpoint::kContent:
      return Check(t.content(), {at, "content"});
    case v1::Touchpoint::kFormSubmission:
      return Check(t.form_submission(), {at, "form_submission"});
    case v1::Touchpoint::kEventAttendance:
      return Check(t.event_attendance(), {at, "event_attendance"});
    case v1::Touchpoint::kSocial:
      return Check(t.social(), {at, "social"});
    case v1::Touchpoint::kChat:
      return Check(t.chat(), {at, "chat"});
    case v1::Touchpoint::kEmail:
      return Check(t.email(), {at, "email"});
    case v1::Touchpoint::kCall:
      return Check(t.call(), {at, "call"});
    case v1::Touchpoint::kMeeting:
      return Check(t.meeting(), {at, "meeting"});
    case v1::Touchpoint::kOffer:
      return Check(t.offer(), {at, "offer"});
    case v1::Touchpoint::kDeal:
      return Check(t.deal(), {at, "deal"});
    case v1::Touchpoint::kContract:
      return Check(t.contract(), {at, "contract"});
    case v1::Touchpoint::kInvoice:
      return Check(t.invoice(), {at, "invoice"});
    case v1::Touchpoint::kTicket:
      return Check(t.ticket(), {at, "ticket"});
    case v1::Touchpoint::kSurvey:
      return Check(t.survey(), {at, "survey"});
    case v1::Touchpoint::kQualification:
      return Check(t.qualification(), {at, "qualification"});
    case v1::Touchpoint::kProfile:
      return Check(t.profile(), {at, "profile"});
    case v1::Touchpoint::kStageSet:
      return Check(t.stage_set(), {at, "stage_set"});
    case v1::Touchpoint::kExpectedSilence:
      return Check(t.expected_silence(), {at, "expected_silence"});
    case v1::Touchpoint::kTask:
      return Check(t.task(), {at, "task"});
    case v1::Touchpoint::kReward:
      return Check(t.reward(), {at, "reward"});
    case v1::Touchpoint::kSpend:
      return Check(t.spend(), {at, "spend"});
    case v1::Touchpoint::kCustom:
      return Check(t.custom(), {at, "custom"});
    case v1::Touchpoint::kIdentityLink:
      return CheckIdentityLink(t, at);
    case v1::Touchpoint::kAccountMerge:
      return CheckAccountMerge(t, at);
    case v1::Touchpoint::PAYLOAD_NOT_SET:
      return;
  }
}

}  // namespace journey::core
