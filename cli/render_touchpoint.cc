#include "absl/strings/str_cat.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/render.h"
#include "cli/text.h"
#include "google/protobuf/descriptor.h"

namespace journey::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The payload, whatever its kind; null without one.
const Message* PayloadOf(const v1::Touchpoint& touchpoint,
                         const FieldDescriptor** field) {
  const auto& reflection = *touchpoint.GetReflection();
  const auto* oneof = v1::Touchpoint::descriptor()->FindOneofByName("payload");
  *field = reflection.GetOneofFieldDescriptor(touchpoint, oneof);
  return *field == nullptr ? nullptr
                           : &reflection.GetMessage(touchpoint, *field);
}

// The first of the named text fields that the payload has and that is set.
std::string TextOf(const Message& payload) {
  const auto& reflection = *payload.GetReflection();
  for (const char* name :
       {"name", "title", "subject", "stage_id", "reason", "asset", "url",
        "form_id", "event_id", "network", "meeting_id", "offer_id",
        "invoice_id", "contract_id", "ticket_id", "code", "comment", "type"}) {
    const auto* field = payload.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr ||
        field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
      continue;
    }
    std::string text = reflection.GetString(payload, field);
    if (!text.empty()) return text;
  }
  return "";
}

std::string AmountOf(const Message& payload) {
  const auto* field = payload.GetDescriptor()->FindFieldByName("amount");
  if (field == nullptr || !payload.GetReflection()->HasField(payload, field)) {
    return "";
  }
  return FormatMoney(static_cast<const v1::Money&>(
      payload.GetReflection()->GetMessage(payload, field)));
}

// By the server's clock, where it differs. `Shown` shows a touchpoint.
template <typename Shown>
const google::protobuf::Timestamp& OccurredAt(const Shown& shown) {
  return shown.has_corrected_occurred_at() ? shown.corrected_occurred_at()
                                           : shown.touchpoint().occurred_at();
}

std::string Join(const std::string& a, const std::string& b) {
  return absl::StrCat(a, a.empty() || b.empty() ? "" : "  ", b);
}

}  // namespace

std::string DescribeKind(const v1::Touchpoint& touchpoint) {
  const FieldDescriptor* field = nullptr;
  const Message* payload = PayloadOf(touchpoint, &field);
  if (payload == nullptr) return "unknown";
  std::string kind = field->name();
  for (const char* name : {"action", "outcome", "intent", "category", "type"}) {
    const auto* verb = payload->GetDescriptor()->FindFieldByName(name);
    if (verb == nullptr || verb->enum_type() == nullptr) continue;
    const int number = payload->GetReflection()->GetEnumValue(*payload, verb);
    return absl::StrCat(kind, " ", ShortEnumName(*verb->enum_type(), number));
  }
  return kind;
}

std::string DescribeContent(const v1::Touchpoint& touchpoint) {
  const FieldDescriptor* field = nullptr;
  const Message* payload = PayloadOf(touchpoint, &field);
  if (payload == nullptr) return "";
  std::string text = Join(AmountOf(*payload), TextOf(*payload));
  if (touchpoint.has_identity_link() || touchpoint.has_account_merge()) {
    text = Join(DescribeIdentity(touchpoint), text);
  }
  if (touchpoint.has_survey()) {
    text = Join(absl::StrCat(touchpoint.survey().score()), text);
  }
  const std::string subject = DescribeSubject(touchpoint);
  if (!touchpoint.deal_id().empty() &&
      subject != "deal:" + touchpoint.deal_id()) {
    text = Join("deal:" + touchpoint.deal_id(), text);
  }
  return text;
}

std::string DescribeSubject(const v1::Touchpoint& touchpoint) {
  if (!touchpoint.account_id().empty()) {
    return absl::StrCat("account:", touchpoint.account_id());
  }
  if (!touchpoint.contact_id().empty()) {
    return absl::StrCat("contact:", touchpoint.contact_id());
  }
  if (!touchpoint.anonymous_id().empty()) {
    return absl::StrCat("visitor:", touchpoint.anonymous_id());
  }
  return touchpoint.deal_id().empty()
             ? std::string()
             : absl::StrCat("deal:", touchpoint.deal_id());
}

std::string EventLine(const v1::Event& event) {
  std::string line = PadLeft(absl::StrCat(event.position()), 8);
  if (event.has_retraction()) {
    const v1::Retraction& retraction = event.retraction();
    absl::StrAppend(&line, "  ", ShortInstant(event.received_at(), true),
                    "  retraction of ", retraction.target().source(), " ",
                    retraction.target().touchpoint_id());
    if (!retraction.reason().empty()) {
      absl::StrAppend(&line, ": ", retraction.reason());
    }
    return Printable(line);
  }
  const v1::Touchpoint& touchpoint = event.touchpoint();
  absl::StrAppend(&line, "  ", ShortInstant(OccurredAt(event), true), "  ",
                  PadRight(DescribeKind(touchpoint), 24), "  ",
                  PadRight(DescribeSubject(touchpoint), 20), "  ",
                  touchpoint.source(), " ", touchpoint.touchpoint_id());
  const std::string content = Join(DescribeContent(touchpoint),
                                   DescribeInertLinks(event.inert_links()));
  if (!content.empty()) absl::StrAppend(&line, "  ", content);
  return Printable(line);
}

void PrintTimeline(const std::vector<v1::TimelineEntry>& entries,
                   std::ostream& out) {
  Table table({"OCCURRED AT", "TOUCHPOINT", "BY", "SOURCE", "ID", "CONTENT"});
  for (const v1::TimelineEntry& entry : entries) {
    if (entry.has_change()) {
      table.AddRow({ShortInstant(entry.change().at(), true),
                    absl::StrCat("* ", DescribeChange(entry.change())), "", "",
                    "", entry.change().explanation().text()});
      continue;
    }
    const v1::Touchpoint& touchpoint = entry.touchpoint();
    table.AddRow({ShortInstant(OccurredAt(entry), true),
                  absl::StrCat(entry.retracted() ? "(retracted) " : "",
                               DescribeKind(touchpoint)),
                  touchpoint.owner_id(), touchpoint.source(),
                  touchpoint.touchpoint_id(), DescribeContent(touchpoint)});
  }
  table.Print(out);
}

}  // namespace journey::cli
