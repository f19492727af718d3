// Bounds that hold field by field: each text, id, enum and list of a
// touchpoint, found by its descriptor, so that no field is forgotten.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/core/validate.h"
#include "tests/core/samples.h"
#include "tests/core/violated_fields.h"

namespace journey::core {
namespace {

using google::protobuf::FieldDescriptor;
using ::testing::ElementsAre;
using testing::FieldOf;
using testing::kNow;
using testing::MakeAppend;
using testing::ViolatedFields;

enum Presence { kOptional, kRequired };

struct TextBound {
  size_t bytes_max;
  Presence presence;
};

// As documented in touchpoint.proto.
const std::map<std::string, TextBound>& TextBounds() {
  static const auto* const kBounds = new std::map<std::string, TextBound>{
      {"source", {128, kRequired}},
      {"touchpoint_id", {256, kRequired}},
      {"account_id", {256, kOptional}},
      {"contact_id", {256, kOptional}},
      {"anonymous_id", {256, kOptional}},
      {"deal_id", {256, kOptional}},
      {"channel", {128, kOptional}},
      {"owner_id", {256, kOptional}},
      {"campaign.source", {256, kOptional}},
      {"campaign.medium", {256, kOptional}},
      {"campaign.name", {256, kOptional}},
      {"campaign.term", {256, kOptional}},
      {"campaign.content", {256, kOptional}},
      {"links[0].id", {256, kRequired}},
      {"site_visit.url", {2048, kOptional}},
      {"site_visit.referrer", {2048, kOptional}},
      {"ad_interaction.network", {128, kOptional}},
      {"content.asset", {512, kOptional}},
      {"form_submission.form_id", {256, kOptional}},
      {"event_attendance.event_id", {256, kOptional}},
      {"event_attendance.event_type", {128, kOptional}},
      {"social.network", {128, kOptional}},
      {"email.subject", {1024, kOptional}},
      {"email.message_id", {256, kOptional}},
      {"meeting.meeting_id", {256, kOptional}},
      {"offer.offer_id", {256, kRequired}},
      {"offer.replaces_offer_id", {256, kOptional}},
      {"deal.pipeline_id", {128, kOptional}},
      {"deal.stage_id", {128, kOptional}},
      {"deal.products[0].product_id", {256, kRequired}},
      {"deal.lost_reason", {1024, kOptional}},
      {"deal.contacts[0].contact_id", {256, kRequired}},
      {"deal.name", {512, kOptional}},
      {"contract.contract_id", {256, kRequired}},
      {"contract.renewal_id", {256, kOptional}},
      {"invoice.invoice_id", {256, kRequired}},
      {"invoice.products[0].product_id", {256, kRequired}},
      {"invoice.contract_id", {256, kOptional}},
      {"invoice.renewal_id", {256, kOptional}},
      {"ticket.ticket_id", {256, kRequired}},
      {"ticket.subject", {1024, kOptional}},
      {"survey.comment", {4096, kOptional}},
      {"qualification.reason", {1024, kOptional}},
      {"profile.name", {512, kOptional}},
      {"profile.industry", {256, kOptional}},
      {"profile.size", {128, kOptional}},
      {"profile.persona", {256, kOptional}},
      {"profile.mail_domain", {256, kOptional}},
      {"stage_set.stage_id", {128, kRequired}},
      {"stage_set.reason", {1024, kOptional}},
      {"expected_silence.reason", {1024, kOptional}},
      {"task.task_id", {256, kRequired}},
      {"task.plan_activity_id", {128, kOptional}},
      {"task.title", {1024, kOptional}},
      {"reward.code", {256, kOptional}},
      {"custom.type", {128, kRequired}},
      {"identity_link.reason", {1024, kOptional}},
      {"identity_link.actor", {256, kOptional}},
      {"account_merge.other_account_id", {256, kRequired}},
      {"account_merge.reason", {1024, kOptional}},
      {"account_merge.actor", {256, kOptional}},
  };
  return *kBounds;
}

// Enums whose zero value means something.
const std::set<std::string>& OptionalEnums() {
  static const auto* const kPaths = new std::set<std::string>{
      "direction", "sentiment", "deal.contacts[0].role", "ticket.severity",
      "ticket.type"};
  return *kPaths;
}

// Lists and how many elements they may have.
const std::map<std::string, int>& ListBounds() {
  static const auto* const kBounds = new std::map<std::string, int>{
      {"links", 32},
      {"deal.products", 100},
      {"deal.contacts", 100},
      {"invoice.products", 1000},
  };
  return *kBounds;
}

std::vector<std::string> Refused(const v1::Touchpoint& touchpoint) {
  return ViolatedFields(
      ValidateAppend(MakeAppend({touchpoint}), kNow, SenderClocks()));
}

std::string InBatch(const std::string& path) {
  return "touchpoints[0]." + path;
}

// Fills every required field of the elements on the way to the field, so that
// only the field itself is in question.
void FillRequired(google::protobuf::Message& message) {
  const auto& reflection = *message.GetReflection();
  for (const char* name : {"id", "product_id", "contact_id"}) {
    const FieldDescriptor* field =
        message.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) reflection.SetString(&message, field, "x");
  }
  const FieldDescriptor* type =
      message.GetDescriptor()->FindFieldByName("type");
  if (message.GetDescriptor() == v1::Link::descriptor()) {
    reflection.SetEnumValue(&message, type, v1::LINK_TYPE_LEAD);
  }
}

v1::Touchpoint WithText(const FieldOf& field, const std::string& text) {
  testing::Place place;
  MakePlace(field, place);
  if (place.message != &place.touchpoint) FillRequired(*place.message);
  place.message->GetReflection()->SetString(place.message, field.field, text);
  return place.touchpoint;
}

v1::Touchpoint WithEnum(const FieldOf& field, int value) {
  testing::Place place;
  MakePlace(field, place);
  if (place.message != &place.touchpoint) FillRequired(*place.message);
  place.message->GetReflection()->SetEnumValue(place.message, field.field,
                                               value);
  return place.touchpoint;
}

TEST(ValidateTextTest, EveryTextHasADocumentedBound) {
  std::set<std::string> paths;
  for (const FieldOf& field : testing::AllFields()) {
    if (field.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      paths.insert(field.path);
    }
  }
  std::set<std::string> documented;
  for (const auto& [path, bound] : TextBounds()) documented.insert(path);
  EXPECT_EQ(paths, documented);
}

TEST(ValidateTextTest, TextIsRefusedOverItsBoundAndWhereItIsNotUtf8) {
  for (const FieldOf& field : testing::AllFields()) {
    if (field.field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    SCOPED_TRACE(field.path);
    const TextBound& bound = TextBounds().at(field.path);
    const std::string longest(bound.bytes_max, 'x');
    EXPECT_THAT(Refused(WithText(field, longest)), ElementsAre());
    EXPECT_THAT(Refused(WithText(field, longest + "x")),
                ElementsAre(InBatch(field.path)));
    EXPECT_THAT(Refused(WithText(field, "caf\xC3\xA9")), ElementsAre());
    EXPECT_THAT(Refused(WithText(field, "caf\xC3")),
                ElementsAre(InBatch(field.path)));
    EXPECT_EQ(Refused(WithText(field, "")).empty(),
              bound.presence == kOptional);
  }
}

TEST(ValidateTextTest, UnknownEnumValuesAreRefusedAndZeroWhereItMeansNothing) {
  int checked = 0;
  for (const FieldOf& field : testing::AllFields()) {
    if (field.field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) continue;
    SCOPED_TRACE(field.path);
    ++checked;
    // Scores have a range of their own for each type of survey.
    const bool is_survey = field.path == "survey.type";
    const auto* type = field.field->enum_type();
    for (int i = 1; i < type->value_count() && !is_survey; ++i) {
      EXPECT_THAT(Refused(WithEnum(field, type->value(i)->number())),
                  ElementsAre());
    }
    for (const int unknown : {-1, 99, 2'000'000'000}) {
      EXPECT_THAT(Refused(WithEnum(field, unknown)),
                  ElementsAre(InBatch(field.path)));
    }
    EXPECT_EQ(Refused(WithEnum(field, 0)).empty(),
              OptionalEnums().count(field.path) > 0);
  }
  EXPECT_GT(checked, 20);
}

TEST(ValidateTextTest, ListsAreRefusedOverTheirBound) {
  for (const FieldOf& field : testing::AllFields()) {
    if (!field.field->is_repeated()) continue;
    SCOPED_TRACE(field.path);
    const int max = ListBounds().at(field.path);
    testing::Place place;
    MakePlace(field, place);
    const auto& reflection = *place.message->GetReflection();
    for (int i = 0; i < max; ++i) {
      FillRequired(*reflection.AddMessage(place.message, field.field));
    }
    EXPECT_THAT(Refused(place.touchpoint), ElementsAre());
    FillRequired(*reflection.AddMessage(place.message, field.field));
    EXPECT_THAT(Refused(place.touchpoint), ElementsAre(InBatch(field.path)));
  }
}

TEST(ValidateTextTest, EveryMistakeOfAnElementIsNamedByItsIndex) {
  v1::Touchpoint touchpoint = testing::SampleOf("chat");
  touchpoint.add_links()->set_type(v1::LINK_TYPE_CASE);
  touchpoint.add_links()->set_id("c");
  EXPECT_THAT(Refused(touchpoint), ElementsAre("touchpoints[0].links[0].id",
                                               "touchpoints[0].links[1].type"));
}

}  // namespace
}  // namespace journey::core
