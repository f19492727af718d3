#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/e2e/calls.h"

namespace journey::testing {
namespace {

class ReadTest : public ::testing::Test {
 protected:
  ReadTest() {
    v1::Touchpoint other = Call("4", 3);
    other.set_account_id("initech");
    other.set_contact_id("bob");
    other.set_source("phone");
    EXPECT_TRUE(Append(client_, Batch({Call("1"), Call("2", 1)})).status.ok());
    EXPECT_TRUE(
        Append(client_,
               Batch({DealStep("3", "d1", v1::DealChange::ACTION_OPENED, 2),
                      other}))
            .status.ok());
    EXPECT_TRUE(Retract(client_, "2").status.ok());
  }

  TestServer server_;
  Client& client_ = server_.client();
};

TEST_F(ReadTest, FindsWhatIsAskedFor) {
  using Fill = std::function<void(v1::ReadRequest&)>;
  const auto subject = [](v1::SubjectType type, const char* id) {
    return [type, id](v1::ReadRequest& request) {
      request.mutable_subject()->set_type(type);
      request.mutable_subject()->set_id(id);
    };
  };
  const struct {
    const char* desc;
    Fill fill;
    std::vector<int64_t> want;
  } cases[] = {
      {"everything", [](auto&) {}, {1, 2, 3, 4, 5}},
      {"backwards",
       [](auto& r) { r.set_order(v1::READ_ORDER_BACKWARDS); },
       {5, 4, 3, 2, 1}},
      {"from a position", [](auto& r) { r.set_from_position(4); }, {4, 5}},
      {"at most", [](auto& r) { r.set_max_events(2); }, {1, 2}},
      {"an account, with its retraction",
       subject(v1::SUBJECT_TYPE_ACCOUNT, "globex"),
       {1, 2, 3, 5}},
      {"a contact", subject(v1::SUBJECT_TYPE_CONTACT, "bob"), {4}},
      {"a deal", subject(v1::SUBJECT_TYPE_DEAL, "d1"), {3}},
      {"an unknown subject", subject(v1::SUBJECT_TYPE_DEAL, "d9"), {}},
      {"a kind, and retractions",
       [](auto& r) { r.mutable_filter()->add_kinds(v1::TOUCHPOINT_KIND_DEAL); },
       {3, 5}},
      {"a source",
       [](auto& r) { r.mutable_filter()->add_sources("phone"); },
       {4}},
      {"a time, and retractions",
       [](auto& r) {
         *r.mutable_filter()->mutable_occurred_from() =
             Call("", 1).occurred_at();
         *r.mutable_filter()->mutable_occurred_before() =
             Call("", 3).occurred_at();
       },
       {2, 3, 5}},
      {"another tenant", [](auto& r) { r.set_tenant_id("initech"); }, {}},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.desc);
    v1::ReadRequest request;
    request.set_tenant_id(kTenant);
    test.fill(request);
    const auto answer = Read(client_, request);
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    EXPECT_EQ(Positions(answer.response), test.want);
  }
}

TEST_F(ReadTest, EventsAreWhatWasSent) {
  v1::ReadRequest request;
  request.set_tenant_id(kTenant);
  const auto events = Read(client_, request).response;
  ASSERT_EQ(events.size(), 5);
  EXPECT_EQ(events[0].touchpoint().SerializeAsString(),
            Call("1").SerializeAsString());
  EXPECT_EQ(events[0].received_at().seconds(),
            ManualClock::kStart / core::kMicrosPerSecond);
  EXPECT_EQ(events[4].retraction().target().touchpoint_id(), "2");
}

}  // namespace
}  // namespace journey::testing
