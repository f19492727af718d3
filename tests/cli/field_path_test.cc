#include "cli/field_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/json.h"

namespace journey::testing {
namespace {

using cli::Cell;
using cli::FieldPath;
using ::testing::HasSubstr;

// The touchpoint with one field set, as JSON; or the error.
std::string Assign(const std::string& column, const Cell& cell) {
  const auto path = FieldPath::Parse(column);
  if (!path.ok()) return std::string(path.status().message());
  v1::Touchpoint touchpoint;
  const absl::Status status = path->Assign(cell, touchpoint);
  if (!status.ok()) return std::string(status.message());
  return cli::ToJsonLine(touchpoint);
}

TEST(FieldPathTest, ConvertsByTheTypeOfTheField) {
  const struct {
    const char* column;
    Cell cell;
    const char* json;
  } cases[] = {
      {"source", {"crm"}, R"({"source":"crm"})"},
      {"occurred_at",
       {"2024-02-29"},
       R"({"occurred_at":"2024-02-29T00:00:00Z"})"},
      {"occurred_at",
       {"2024-02-29 08:01:02"},
       R"({"occurred_at":"2024-02-29T08:01:02Z"})"},
      {"occurred_at",
       {"2024-02-29T08:01:02.5+02:00"},
       R"({"occurred_at":"2024-02-29T06:01:02.500Z"})"},
      {"direction", {"inbound"}, R"({"direction":"DIRECTION_INBOUND"})"},
      {"sentiment",
       {"SENTIMENT_POSITIVE"},
       R"({"sentiment":"SENTIMENT_POSITIVE"})"},
      {"deal.action",
       {"stage-changed"},
       R"({"deal":{"action":"ACTION_STAGE_CHANGED"}})"},
      {"event_attendance.action",
       {"No Show"},
       R"({"event_attendance":{"action":"ACTION_NO_SHOW"}})"},
      {"email.bulk", {"yes"}, R"({"email":{"bulk":true}})"},
      {"survey.score", {"9"}, R"({"survey":{"score":9}})"},
      {"deal.amount.amount_minor",
       {"-5"},
       R"({"deal":{"amount":{"amount_minor":"-5"}}})"},
      {"invoice.amount_minor",
       {"9007199254740993"},
       R"({"invoice":{"amount":{"amount_minor":"9007199254740993"}}})"},
      {"offer.currency_code",
       {"EUR"},
       R"({"offer":{"amount":{"currency_code":"EUR"}}})"},
      {"deal.expected_close_date",
       {"2024-12-31"},
       R"({"deal":{"expected_close_date":{"year":2024,"month":12,"day":31}}})"},
      {"call.duration", {"90"}, R"({"call":{"duration":"90s"}})"},
      {"call.wait", {"1.5"}, R"({"call":{"wait":"1.500s"}})"},
      {"campaign.name", {"spring"}, R"({"campaign":{"name":"spring"}})"},
      {"deal.products[0].product_id",
       {"p"},
       R"({"deal":{"products":[{"product_id":"p"}]}})"},
      {"deal.products[1].quantity",
       {"2"},
       R"({"deal":{"products":[{},{"quantity":"2"}]}})"},
      {"deal.products",
       {R"([{"product_id":"p"},{"product_id":"q"}])"},
       R"({"deal":{"products":[{"product_id":"p"},{"product_id":"q"}]}})"},
      {"links",
       {R"([{"type":"case","id":"7"}])"},
       R"({"links":[{"type":"LINK_TYPE_CASE","id":"7"}]})"},
      {"links[0]",
       {R"({"type":"case","id":"7"})"},
       R"({"links":[{"type":"LINK_TYPE_CASE","id":"7"}]})"},
      {"deal.amount",
       {R"({"amount_minor":7,"currency_code":"EUR"})"},
       R"({"deal":{"amount":{"amount_minor":"7","currency_code":"EUR"}}})"},
      {"attributes.size", {"12", true}, R"({"attributes":{"size":12}})"},
      {"attributes.size", {"12"}, R"({"attributes":{"size":"12"}})"},
      {"attributes.a.b", {"x"}, R"({"attributes":{"a.b":"x"}})"},
      {"attributes", {R"({"a":[1,true]})"}, R"({"attributes":{"a":[1,true]}})"},
      {"deal.action", {""}, "{}"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Assign(test.column, test.cell), test.json)
        << test.column << " = " << test.cell.text;
  }
}

TEST(FieldPathTest, SaysWhyAColumnOrAValueDoesNotFit) {
  const struct {
    const char* column;
    Cell cell;
    const char* says;
  } cases[] = {
      {"souce",
       {"x"},
       "\"souce\" is no field of Touchpoint; there are: source"},
      {"deal.colour", {"x"}, "\"colour\" is no field of DealChange"},
      {"site_visit.amount_minor", {"1"}, "is no field of SiteVisit"},
      {"source.x", {"x"}, "source has no fields of its own"},
      {"occurred_at.seconds", {"1"}, "occurred_at has no fields of its own"},
      {"source[0]", {"x"}, "is no list"},
      {"links[x].id", {"x"}, "has no index"},
      {"links[1000].id", {"x"}, "has no index between 0 and 999"},
      {"attributes.", {"x"}, "needs a name"},
      {"", {"x"}, "\"\" is no field of Touchpoint"},
      {"deal.action",
       {"wun"},
       "\"wun\" is none of: opened, stage_changed, updated, won"},
      {"deal.action", {"unspecified"}, "is none of"},
      {"survey.score", {"9.5"}, "is no whole number of 32 bits"},
      {"survey.score", {"3000000000"}, "is no whole number of 32 bits"},
      {"email.bulk", {"maybe"}, "is neither true nor false"},
      {"occurred_at", {"29.02.2024"}, "is no instant"},
      {"occurred_at", {"2023-02-29"}, "is no instant"},
      {"deal.delivery_date", {"2024-13-01"}, "is no day"},
      {"call.duration", {"soon"}, "is no duration"},
      {"deal.products", {"[{"}, "is no valid JSON"},
      {"deal.products",
       {R"([{"colour":1}])"},
       "products[0].colour: no such field of Product"},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(Assign(test.column, test.cell), HasSubstr(test.says))
        << test.column << " = " << test.cell.text;
  }
}

}  // namespace
}  // namespace journey::testing
