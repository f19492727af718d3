#include "tests/core/samples.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/text_format.h"
#include "service/core/identity.h"
#include "service/core/time.h"

namespace journey::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kListElement[] = "[0]";

constexpr char kMinimalSpend[] =
    "spend { category: CATEGORY_SALES"
    " amount { amount_minor: 1 currency_code: 'EUR' }"
    " starts_on { year: 2025 month: 1 day: 1 }"
    " ends_on { year: 2025 month: 1 day: 31 } }";

// Messages that are checked as one value.
bool IsValueType(const Descriptor& type) {
  return absl::StartsWith(type.full_name(), "google.protobuf.") ||
         type.full_name() == "journey.v1.Money" ||
         type.full_name() == "journey.v1.Date";
}

void CollectFields(const Descriptor& type, const std::string& prefix,
                   const std::string& kind, std::vector<FieldOf>& out) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const std::string path = prefix + field->name();
    const std::string& field_kind =
        field->containing_oneof() != nullptr ? field->name() : kind;
    out.push_back({path, field_kind, field});
    const Descriptor* sub_type = field->message_type();
    if (sub_type == nullptr || IsValueType(*sub_type)) continue;
    CollectFields(
        *sub_type,
        absl::StrCat(path, field->is_repeated() ? kListElement : "", "."),
        field_kind, out);
  }
}

}  // namespace

const std::vector<std::string>& MinimalPayloads() {
  static const auto* const kPayloads = new std::vector<std::string>{
      "site_visit {}",
      "ad_interaction { action: ACTION_CLICK }",
      "content { action: ACTION_VIEWED }",
      "form_submission { intent: INTENT_DEMO }",
      "event_attendance { action: ACTION_ATTENDED }",
      "social { action: ACTION_MESSAGE }",
      "chat {}",
      "email { action: ACTION_SENT }",
      "call { outcome: OUTCOME_CONNECTED }",
      "meeting { action: ACTION_HELD }",
      "offer { action: ACTION_SENT offer_id: 'o1' }",
      "deal { action: ACTION_OPENED }",
      "contract { action: ACTION_SIGNED contract_id: 'c1' }",
      "invoice { action: ACTION_ISSUED invoice_id: 'i1' }",
      "ticket { action: ACTION_OPENED ticket_id: 't1' }",
      "survey { type: TYPE_NPS score: 9 }",
      "qualification { action: ACTION_ACCEPTED }",
      "profile {}",
      "stage_set { stage_id: 'lead' }",
      "expected_silence { until { seconds: 1800000000 } }",
      "task { action: ACTION_PLANNED task_id: 'k1' }",
      "reward { action: ACTION_REDEEMED }",
      kMinimalSpend,
      "custom { type: 'loyalty_card' }",
      "identity_link {} contact_id: 'contact-1'",
      "account_merge { other_account_id: 'account-2' }",
  };
  return *kPayloads;
}

v1::Touchpoint MakeTouchpoint(absl::string_view payload) {
  v1::Touchpoint touchpoint;
  EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(
      std::string(payload), &touchpoint))
      << payload;
  if (touchpoint.source().empty()) touchpoint.set_source("crm");
  if (touchpoint.touchpoint_id().empty()) touchpoint.set_touchpoint_id("tp-1");
  if (!touchpoint.has_occurred_at()) {
    *touchpoint.mutable_occurred_at() = core::ToTimestamp(kNow);
  }
  if (!touchpoint.has_spend()) {
    touchpoint.set_account_id("account-1");
    if (!core::IsIdentityKind(touchpoint)) touchpoint.set_deal_id("deal-1");
  }
  return touchpoint;
}

v1::Touchpoint SampleOf(absl::string_view kind) {
  for (const std::string& payload : MinimalPayloads()) {
    if (absl::StartsWith(payload, absl::StrCat(kind, " "))) {
      return MakeTouchpoint(payload);
    }
  }
  ADD_FAILURE() << "no sample of " << kind;
  return {};
}

v1::Touchpoint TouchpointOfSize(size_t bytes) {
  constexpr size_t kIdBytes = 62;
  constexpr size_t kMarginBytes = 100;
  v1::Touchpoint touchpoint = SampleOf("invoice");
  while (touchpoint.ByteSizeLong() + kMarginBytes < bytes) {
    touchpoint.mutable_invoice()->add_products()->set_product_id(
        std::string(kIdBytes, 'p'));
  }
  // A short text costs two bytes more than its length.
  const size_t rest = bytes - touchpoint.ByteSizeLong();
  touchpoint.set_channel(std::string(rest - 2, 'c'));
  EXPECT_EQ(touchpoint.ByteSizeLong(), bytes);
  return touchpoint;
}

v1::AppendRequest MakeAppend(const std::vector<v1::Touchpoint>& touchpoints) {
  v1::AppendRequest request;
  request.set_tenant_id("acme");
  for (const v1::Touchpoint& touchpoint : touchpoints) {
    *request.add_touchpoints() = touchpoint;
  }
  return request;
}

std::vector<FieldOf> AllFields() {
  std::vector<FieldOf> fields;
  CollectFields(*v1::Touchpoint::descriptor(), "", "", fields);
  return fields;
}

void MakePlace(const FieldOf& field, Place& place) {
  place.touchpoint = SampleOf(field.kind.empty() ? "chat" : field.kind);
  Message* message = &place.touchpoint;
  std::vector<std::string> parts = absl::StrSplit(field.path, '.');
  parts.pop_back();
  for (absl::string_view part : parts) {
    const bool is_list = absl::ConsumeSuffix(&part, kListElement);
    const FieldDescriptor* step =
        message->GetDescriptor()->FindFieldByName(std::string(part));
    const auto& reflection = *message->GetReflection();
    message = is_list ? reflection.AddMessage(message, step)
                      : reflection.MutableMessage(message, step);
  }
  place.message = message;
}

}  // namespace journey::testing
