#include "cli/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journey/v1/touchpoint.pb.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string Parse(const std::string& json) {
  v1::Touchpoint touchpoint;
  const absl::Status status = cli::ParseJson(json, touchpoint);
  if (!status.ok()) return std::string(status.message());
  return cli::ToJsonLine(touchpoint);
}

TEST(JsonTest, ReadsProtobufJsonAndFriendlierForms) {
  const struct {
    const char* desc;
    const char* json;
    const char* result;
  } cases[] = {
      {"protobuf's own",
       R"({"touchpointId":"a","call":{"outcome":"OUTCOME_BUSY"}})",
       R"({"touchpoint_id":"a","call":{"outcome":"OUTCOME_BUSY"}})"},
      {"short enum", R"({"form_submission":{"intent":"demo"}})",
       R"({"form_submission":{"intent":"INTENT_DEMO"}})"},
      {"enum with a dash", R"({"eventAttendance":{"action":"no-show"}})",
       R"({"event_attendance":{"action":"ACTION_NO_SHOW"}})"},
      {"enum in a list", R"({"links":[{"type":"case","id":"1"}]})",
       R"({"links":[{"type":"LINK_TYPE_CASE","id":"1"}]})"},
      {"day", R"({"occurred_at":"2025-03-01"})",
       R"({"occurred_at":"2025-03-01T00:00:00Z"})"},
      {"no zone", R"({"occurred_at":"2025-03-01 08:00:00.5"})",
       R"({"occurred_at":"2025-03-01T08:00:00.500Z"})"},
      {"date", R"({"deal":{"action":"won","delivery_date":"2025-03-01"}})",
       R"({"deal":{"action":"ACTION_WON","delivery_date":)"
       R"({"year":2025,"month":3,"day":1}}})"},
      {"duration as a number", R"({"call":{"outcome":"busy","wait":90}})",
       R"({"call":{"outcome":"OUTCOME_BUSY","wait":"90s"}})"},
      {"large number as text",
       R"({"offer":{"action":"sent","amount":{"amount_minor":)"
       R"("9007199254740993"}}})",
       R"({"offer":{"action":"ACTION_SENT","amount":{"amount_minor":)"
       R"("9007199254740993"}}})"},
      {"attributes are left alone",
       R"({"attributes":{"action":"won","x":[1]},"deal":{"action":"won"}})",
       nullptr},
      {"null", R"({"source":null,"deal":{"action":"won"}})",
       R"({"deal":{"action":"ACTION_WON"}})"},
  };
  for (const auto& test : cases) {
    if (test.result == nullptr) {
      EXPECT_THAT(Parse(test.json), HasSubstr("\"action\":\"won\""))
          << test.desc;
    } else {
      EXPECT_EQ(Parse(test.json), test.result) << test.desc;
    }
  }
}

TEST(JsonTest, NamesTheFieldThatIsWrong) {
  const struct {
    const char* json;
    const char* says;
  } cases[] = {
      {"{", "is no valid JSON"},
      {"7", "is no JSON object"},
      {"[]", "is no JSON object"},
      {R"({"colour":"red"})", "colour: no such field of Touchpoint"},
      {R"({"deal":{"colour":1}})", "deal.colour: no such field of DealChange"},
      {R"({"deal":{"action":"wun"}})", "deal.action: \"wun\" is none of: "},
      {R"({"deal":7})", "deal: is no JSON object"},
      {R"({"links":7})", "links: is no JSON array"},
      {R"({"links":[{"type":"x"}]})", "links[0].type: \"x\" is none of: lead"},
      {R"({"occurred_at":"soon"})", "occurred_at: \"soon\" is no instant"},
      {R"({"occurred_at":7})", "occurred_at: is no instant"},
      {R"({"deal":{"action":"won","amount":{"amount_minor":1e17}}})",
       "write so large a number as a string"},
      {R"({"survey":{"type":"nps","score":"many"}})", "score"},
      {R"({"source":{}})", "source: is no single value"},
      {R"({"deal":{"stage_id":[1]}})", "deal.stage_id: is no single value"},
      {R"({"deal":{"action":"won"},"call":{"outcome":"busy"}})",
       "payload: set only one of call, deal"},
  };
  for (const auto& test : cases) {
    const std::string error = Parse(test.json);
    EXPECT_THAT(error, HasSubstr(test.says)) << test.json;
    EXPECT_THAT(error, Not(StartsWith(":"))) << test.json;
  }
}

TEST(JsonTest, DocumentIsIndentedAndEndsWithoutALineFeed) {
  v1::Touchpoint touchpoint;
  touchpoint.set_touchpoint_id("a");
  EXPECT_EQ(cli::ToJsonDocument(touchpoint), "{\n \"touchpoint_id\": \"a\"\n}");
}

}  // namespace
}  // namespace journey::testing
