#include "service/core/touchpoint.h"

#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace journey::core {
namespace {

constexpr char kKindPrefix[] = "TOUCHPOINT_KIND_";
constexpr char kSubjectTypePrefix[] = "SUBJECT_TYPE_";
constexpr int kNanosPerMicro = 1000;
// Whoever waits for longer on the telephone is annoyed.
constexpr int kPatienceSeconds = 180;

v1::Direction InboundIf(bool inbound, v1::Direction otherwise) {
  return inbound ? v1::DIRECTION_INBOUND : otherwise;
}

// The directions documented at each payload in touchpoint.proto.
v1::Direction DefaultDirection(const v1::Touchpoint& t) {
  using v1::DIRECTION_INBOUND;
  using v1::DIRECTION_INTERNAL;
  using v1::DIRECTION_OUTBOUND;
  switch (t.payload_case()) {
    case v1::Touchpoint::kSiteVisit:
    case v1::Touchpoint::kContent:
    case v1::Touchpoint::kFormSubmission:
    case v1::Touchpoint::kEventAttendance:
    case v1::Touchpoint::kSocial:
    case v1::Touchpoint::kChat:
    case v1::Touchpoint::kCall:
    case v1::Touchpoint::kSurvey:
    case v1::Touchpoint::kExpectedSilence:
      return DIRECTION_INBOUND;
    case v1::Touchpoint::kAdInteraction:
      return InboundIf(
          t.ad_interaction().action() == v1::AdInteraction::ACTION_CLICK,
          DIRECTION_OUTBOUND);
    case v1::Touchpoint::kEmail:
      switch (t.email().action()) {
        case v1::Email::ACTION_SENT:
        case v1::Email::ACTION_DELIVERED:
        case v1::Email::ACTION_BOUNCED:
          return DIRECTION_OUTBOUND;
        default:
          return DIRECTION_INBOUND;
      }
    case v1::Touchpoint::kMeeting:
      return InboundIf(t.meeting().action() == v1::Meeting::ACTION_HELD,
                       DIRECTION_INTERNAL);
    case v1::Touchpoint::kOffer:
      switch (t.offer().action()) {
        case v1::Offer::ACTION_VIEWED:
        case v1::Offer::ACTION_ACCEPTED:
        case v1::Offer::ACTION_REJECTED:
          return DIRECTION_INBOUND;
        default:
          return DIRECTION_OUTBOUND;
      }
    case v1::Touchpoint::kContract:
      if (t.contract().action() == v1::Contract::ACTION_SENT) {
        return DIRECTION_OUTBOUND;
      }
      return InboundIf(t.contract().action() == v1::Contract::ACTION_SIGNED,
                       DIRECTION_INTERNAL);
    case v1::Touchpoint::kInvoice:
      if (t.invoice().action() == v1::Invoice::ACTION_ISSUED) {
        return DIRECTION_OUTBOUND;
      }
      return InboundIf(
          t.invoice().action() == v1::Invoice::ACTION_PAID ||
              t.invoice().action() == v1::Invoice::ACTION_PARTIALLY_PAID,
          DIRECTION_INTERNAL);
    case v1::Touchpoint::kTicket:
      return InboundIf(
          t.ticket().action() == v1::TicketChange::ACTION_OPENED ||
              t.ticket().action() == v1::TicketChange::ACTION_REOPENED,
          DIRECTION_INTERNAL);
    case v1::Touchpoint::kReward:
      return InboundIf(t.reward().action() == v1::Reward::ACTION_REDEEMED,
                       DIRECTION_OUTBOUND);
    default:
      return DIRECTION_INTERNAL;
  }
}

void CutToMicros(google::protobuf::Timestamp& timestamp) {
  timestamp.set_nanos(timestamp.nanos() / kNanosPerMicro * kNanosPerMicro);
}

}  // namespace

v1::TouchpointKind KindOf(const v1::Touchpoint& touchpoint) {
  return static_cast<v1::TouchpointKind>(touchpoint.payload_case());
}

std::string KindName(v1::TouchpointKind kind) {
  return absl::AsciiStrToLower(
      absl::StripPrefix(v1::TouchpointKind_Name(kind), kKindPrefix));
}

std::string SubjectTypeName(v1::SubjectType type) {
  return absl::AsciiStrToLower(
      absl::StripPrefix(v1::SubjectType_Name(type), kSubjectTypePrefix));
}

absl::InlinedVector<SubjectRef, 4> SubjectsOf(
    const v1::Touchpoint& touchpoint) {
  absl::InlinedVector<SubjectRef, 4> out;
  const auto add = [&](v1::SubjectType type, const std::string& id) {
    if (!id.empty()) out.push_back({type, id});
  };
  add(v1::SUBJECT_TYPE_ACCOUNT, touchpoint.account_id());
  if (touchpoint.has_account_merge()) {
    add(v1::SUBJECT_TYPE_ACCOUNT,
        touchpoint.account_merge().other_account_id());
  }
  add(v1::SUBJECT_TYPE_CONTACT, touchpoint.contact_id());
  add(v1::SUBJECT_TYPE_VISITOR, touchpoint.anonymous_id());
  add(v1::SUBJECT_TYPE_DEAL, touchpoint.deal_id());
  return out;
}

std::optional<SubjectRef> SubjectOf(const v1::Touchpoint& touchpoint) {
  const auto subjects = SubjectsOf(touchpoint);
  if (subjects.empty()) return std::nullopt;
  return subjects.front();
}

SubjectRef RefOf(const v1::Subject& subject) {
  return {subject.type(), subject.id()};
}

v1::Subject ToSubject(const SubjectRef& ref) {
  v1::Subject subject;
  subject.set_type(ref.type);
  subject.set_id(std::string(ref.id));
  return subject;
}

v1::Direction DirectionOf(const v1::Touchpoint& touchpoint) {
  return touchpoint.direction() == v1::DIRECTION_UNSPECIFIED
             ? DefaultDirection(touchpoint)
             : touchpoint.direction();
}

bool IsCustomerOriginated(const v1::Touchpoint& t) {
  const v1::Direction direction = DirectionOf(t);
  if (direction == v1::DIRECTION_INTERNAL) return false;
  const bool inbound = direction == v1::DIRECTION_INBOUND;
  switch (t.payload_case()) {
    case v1::Touchpoint::kEmail:
      return inbound && t.email().action() == v1::Email::ACTION_REPLIED;
    case v1::Touchpoint::kSocial:
      return inbound && t.social().action() == v1::Social::ACTION_MESSAGE;
    case v1::Touchpoint::kCall:
    case v1::Touchpoint::kChat:
    case v1::Touchpoint::kFormSubmission:
      return inbound;
    case v1::Touchpoint::kMeeting:
      return t.meeting().action() == v1::Meeting::ACTION_HELD;
    case v1::Touchpoint::kOffer:
      return t.offer().action() == v1::Offer::ACTION_ACCEPTED ||
             t.offer().action() == v1::Offer::ACTION_REJECTED;
    case v1::Touchpoint::kContract:
      return t.contract().action() == v1::Contract::ACTION_SIGNED;
    default:
      return false;
  }
}

bool IsCompanyOriginated(const v1::Touchpoint& t) {
  if (t.owner_id().empty() || DirectionOf(t) != v1::DIRECTION_OUTBOUND) {
    return false;
  }
  switch (t.payload_case()) {
    case v1::Touchpoint::kEmail:
      return !t.email().bulk() &&
             (t.email().action() == v1::Email::ACTION_SENT ||
              t.email().action() == v1::Email::ACTION_REPLIED);
    case v1::Touchpoint::kAdInteraction:
    case v1::Touchpoint::kTask:
    case v1::Touchpoint::kDeal:
    case v1::Touchpoint::kStageSet:
    case v1::Touchpoint::kProfile:
    case v1::Touchpoint::kQualification:
    case v1::Touchpoint::PAYLOAD_NOT_SET:
      return false;
    default:
      return true;
  }
}

v1::Sentiment SentimentOf(const v1::Touchpoint& t) {
  if (t.sentiment() != v1::SENTIMENT_UNSPECIFIED) return t.sentiment();
  if (!t.has_call() || DirectionOf(t) != v1::DIRECTION_INBOUND) {
    return v1::SENTIMENT_UNSPECIFIED;
  }
  const v1::Call& call = t.call();
  const bool failed = call.outcome() == v1::Call::OUTCOME_BUSY ||
                      call.outcome() == v1::Call::OUTCOME_ABANDONED;
  const bool waited =
      call.wait().seconds() > kPatienceSeconds ||
      (call.wait().seconds() == kPatienceSeconds && call.wait().nanos() > 0);
  return failed || waited ? v1::SENTIMENT_NEGATIVE : v1::SENTIMENT_UNSPECIFIED;
}

void Normalize(v1::Touchpoint& t) {
  CutToMicros(*t.mutable_occurred_at());
  if (t.has_sent_at()) CutToMicros(*t.mutable_sent_at());
  if (t.meeting().has_starts_at()) {
    CutToMicros(*t.mutable_meeting()->mutable_starts_at());
  }
  if (t.offer().has_valid_until()) {
    CutToMicros(*t.mutable_offer()->mutable_valid_until());
  }
  if (t.expected_silence().has_until()) {
    CutToMicros(*t.mutable_expected_silence()->mutable_until());
  }
  if (t.task().has_due_at()) {
    CutToMicros(*t.mutable_task()->mutable_due_at());
  }
}

std::string Serialize(const v1::Touchpoint& touchpoint) {
  std::string out;
  {
    google::protobuf::io::StringOutputStream stream(&out);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    touchpoint.SerializeToCodedStream(&coded);
  }
  return out;
}

bool SameContent(const v1::Touchpoint& a, const v1::Touchpoint& b) {
  v1::Touchpoint left = a;
  v1::Touchpoint right = b;
  left.clear_sent_at();
  right.clear_sent_at();
  return Serialize(left) == Serialize(right);
}

bool operator<(const OrderKey& a, const OrderKey& b) {
  return std::tie(a.occurred_at, a.source, a.touchpoint_id) <
         std::tie(b.occurred_at, b.source, b.touchpoint_id);
}

bool operator==(const OrderKey& a, const OrderKey& b) {
  return std::tie(a.occurred_at, a.source, a.touchpoint_id) ==
         std::tie(b.occurred_at, b.source, b.touchpoint_id);
}

OrderKey OrderKeyOf(const v1::Touchpoint& touchpoint) {
  return {static_cast<Micros>(
              touchpoint.occurred_at().seconds() * kMicrosPerSecond +
              touchpoint.occurred_at().nanos() / kNanosPerMicro),
          touchpoint.source(), touchpoint.touchpoint_id()};
}

}  // namespace journey::core
