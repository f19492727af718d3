// Who belongs together, from request to journey.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/http_get.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::Subject SubjectOf(v1::SubjectType type, const std::string& id) {
  v1::Subject subject;
  subject.set_type(type);
  subject.set_id(id);
  return subject;
}

v1::Subject Visitor(const std::string& id) {
  return SubjectOf(v1::SUBJECT_TYPE_VISITOR, id);
}
v1::Subject Contact(const std::string& id) {
  return SubjectOf(v1::SUBJECT_TYPE_CONTACT, id);
}
v1::Subject Account(const std::string& id) {
  return SubjectOf(v1::SUBJECT_TYPE_ACCOUNT, id);
}

google::protobuf::Timestamp Yesterday() {
  return core::ToTimestamp(ManualClock::kStart - core::kMicrosPerDay);
}

// A visit of somebody.
v1::Touchpoint Visit(const std::string& id, const v1::Subject& who) {
  v1::Touchpoint touchpoint;
  touchpoint.set_source("web");
  touchpoint.set_touchpoint_id(id);
  *touchpoint.mutable_occurred_at() = Yesterday();
  if (who.type() == v1::SUBJECT_TYPE_VISITOR) {
    touchpoint.set_anonymous_id(who.id());
  } else if (who.type() == v1::SUBJECT_TYPE_CONTACT) {
    touchpoint.set_contact_id(who.id());
  } else {
    touchpoint.set_account_id(who.id());
  }
  touchpoint.mutable_site_visit();
  return touchpoint;
}

class IdentityTest : public ::testing::Test {
 protected:
  IdentityTest()
      : server_([](auto& options) {
          options.config.metrics_listen = "127.0.0.1:0";
        }) {}

  template <typename Request, typename Response>
  Answer<Response> Call(grpc::Status (v1::IdentityService::Stub::*method)(
                            grpc::ClientContext*, const Request&, Response*),
                        Request request) {
    request.set_tenant_id(kTenant);
    Answer<Response> answer;
    grpc::ClientContext context;
    answer.status = (server_.client().identity.get()->*method)(
        &context, request, &answer.response);
    return answer;
  }

  Answer<v1::LinkResponse> Link(const std::string& id, const v1::Subject& from,
                                const v1::Subject& to) {
    v1::LinkRequest request;
    request.set_source("crm");
    request.set_link_id(id);
    *request.mutable_from() = from;
    *request.mutable_to() = to;
    *request.mutable_valid_from() = Yesterday();
    return Call(&v1::IdentityService::Stub::Link, request);
  }

  Answer<v1::UnlinkResponse> Unlink(const std::string& id) {
    v1::UnlinkRequest request;
    request.set_source("crm");
    request.set_link_id(id);
    return Call(&v1::IdentityService::Stub::Unlink, request);
  }

  Answer<v1::MergeResponse> Merge(const std::string& id, const std::string& a,
                                  const std::string& b) {
    v1::MergeRequest request;
    request.set_source("crm");
    request.set_merge_id(id);
    request.set_account_id(a);
    request.set_other_account_id(b);
    *request.mutable_occurred_at() = Yesterday();
    return Call(&v1::IdentityService::Stub::Merge, request);
  }

  Answer<v1::UnmergeResponse> Unmerge(const std::string& id) {
    v1::UnmergeRequest request;
    request.set_source("crm");
    request.set_merge_id(id);
    return Call(&v1::IdentityService::Stub::Unmerge, request);
  }

  v1::ResolveResponse Resolve(const v1::Subject& subject) {
    v1::ResolveRequest request;
    *request.mutable_subject() = subject;
    const auto answer = Call(&v1::IdentityService::Stub::Resolve, request);
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    return answer.response;
  }

  void Append(const std::vector<v1::Touchpoint>& touchpoints) {
    const auto answer = testing::Append(server_.client(), Batch(touchpoints));
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  }

  v1::Journey JourneyOf(const v1::Subject& subject) {
    v1::GetJourneyRequest request;
    request.set_tenant_id(kTenant);
    *request.mutable_subject() = subject;
    v1::GetJourneyResponse response;
    grpc::ClientContext context;
    const grpc::Status status =
        server_.client().journeys->GetJourney(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.journey();
  }

  std::string Metrics() {
    return HttpGet(server_.server().metrics_address(), "/metrics");
  }

  TestServer server_;
};

TEST_F(IdentityTest, LinksJoinJourneysAndPartThemAgain) {
  // One link before the touchpoints, one after.
  ASSERT_TRUE(Link("l1", Contact("C"), Account("A")).status.ok());
  Append({Visit("1", Visitor("V")), Visit("2", Contact("C"))});
  const std::string visitor = JourneyOf(Visitor("V")).SerializeAsString();
  const std::string account = JourneyOf(Account("A")).SerializeAsString();
  EXPECT_EQ(JourneyOf(Contact("C")).subject().id(), "A");

  const auto linked = Link("l2", Visitor("V"), Contact("C"));
  ASSERT_TRUE(linked.status.ok()) << linked.status.error_message();
  EXPECT_EQ(linked.response.position(), 4);
  EXPECT_EQ(JourneyOf(Visitor("V")).subject().id(), "A");
  EXPECT_EQ(JourneyOf(Account("A")).touchpoint_count(), 2);

  ASSERT_TRUE(Unlink("l2").status.ok());
  EXPECT_EQ(JourneyOf(Visitor("V")).SerializeAsString(), visitor);
  EXPECT_EQ(JourneyOf(Account("A")).SerializeAsString(), account);
}

TEST_F(IdentityTest, MergedAccountsAreOneJourneyUntilUnmerged) {
  Append({Visit("1", Account("B")), Visit("2", Account("A"))});
  const std::string apart = JourneyOf(Account("B")).SerializeAsString();
  ASSERT_TRUE(Merge("m1", "B", "A").status.ok());
  EXPECT_EQ(JourneyOf(Account("B")).subject().id(), "A");
  EXPECT_EQ(JourneyOf(Account("B")).touchpoint_count(), 2);
  EXPECT_THAT(Resolve(Account("B")).merged_account_ids(),
              ElementsAre("A", "B"));
  ASSERT_TRUE(Unmerge("m1").status.ok());
  EXPECT_EQ(JourneyOf(Account("B")).SerializeAsString(), apart);
}

TEST_F(IdentityTest, ResolveTellsTheWayToTheJourney) {
  ASSERT_TRUE(Link("l1", Visitor("V"), Contact("C")).status.ok());
  ASSERT_TRUE(Link("l2", Contact("C"), Account("B")).status.ok());
  ASSERT_TRUE(Merge("m1", "A", "B").status.ok());
  server_.Restart();
  const v1::ResolveResponse resolved = Resolve(Visitor("V"));
  EXPECT_EQ(resolved.journey().id(), "A");
  std::vector<std::string> way;
  for (const v1::IdentityStep& step : resolved.steps()) {
    way.push_back(absl::StrCat(step.from().id(), step.to().id(), " ",
                               step.cause().touchpoint_id()));
  }
  EXPECT_THAT(way, ElementsAre("VC l1", "CB l2", "BA "));
  ASSERT_EQ(resolved.history_size(), 1);
  EXPECT_EQ(resolved.history(0).SerializeAsString(),
            resolved.steps(0).SerializeAsString());
  EXPECT_EQ(resolved.log_position(), 3);
  EXPECT_EQ(Resolve(Visitor("unheard of")).journey().id(), "unheard of");
}

TEST_F(IdentityTest, RepeatingIsSafeAndAnotherLinkUnderTheIdIsAConflict) {
  const auto first = Link("l1", Visitor("V"), Contact("C"));
  EXPECT_FALSE(first.response.repeated());
  const auto again = Link("l1", Visitor("V"), Contact("C"));
  EXPECT_TRUE(again.response.repeated());
  EXPECT_EQ(again.response.position(), first.response.position());
  const grpc::Status other = Link("l1", Visitor("V"), Contact("D")).status;
  EXPECT_EQ(other.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Reason(other), "TOUCHPOINT_CONFLICT");
  EXPECT_THAT(BadFields(other), ElementsAre("link_id"));
  const grpc::Status merge = Merge("l1", "A", "B").status;
  EXPECT_EQ(Reason(merge), "TOUCHPOINT_CONFLICT");
  EXPECT_THAT(BadFields(merge), ElementsAre("merge_id"));
}

TEST_F(IdentityTest, TakingBackTwiceReturnsTheFirstTime) {
  ASSERT_TRUE(Link("l1", Visitor("V"), Contact("C")).status.ok());
  const auto first = Unlink("l1");
  EXPECT_FALSE(first.response.repeated());
  const auto again = Unlink("l1");
  EXPECT_TRUE(again.response.repeated());
  EXPECT_EQ(again.response.position(), first.response.position());
  const auto retracted = Retract(server_.client(), "l1");
  EXPECT_TRUE(retracted.response.results(0).repeated());
  // What was taken back never revives.
  EXPECT_TRUE(Link("l1", Visitor("V"), Contact("C")).response.repeated());
  EXPECT_EQ(Resolve(Visitor("V")).journey().id(), "V");
}

TEST_F(IdentityTest, TakingBackMayComeFirstAndWaits) {
  EXPECT_FALSE(Unlink("l1").response.repeated());
  EXPECT_FALSE(Unmerge("m1").response.repeated());
  const auto link = Link("l1", Visitor("V"), Contact("C"));
  ASSERT_TRUE(link.status.ok()) << link.status.error_message();
  EXPECT_FALSE(link.response.repeated());
  ASSERT_TRUE(Merge("m1", "A", "B").status.ok());
  EXPECT_EQ(Resolve(Visitor("V")).journey().id(), "V");
  EXPECT_EQ(Resolve(Account("B")).journey().id(), "B");
}

TEST_F(IdentityTest, OnlyTheirOwnKindIsTakenBack) {
  v1::Touchpoint form = Visit("1", Contact("C"));
  form.set_source("crm");
  form.set_account_id("A");
  Append({form});
  ASSERT_TRUE(Link("l1", Visitor("V"), Contact("C")).status.ok());
  const grpc::Status unlinked = Unlink("1").status;
  EXPECT_EQ(unlinked.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(BadFields(unlinked), ElementsAre("link_id"));
  EXPECT_THAT(unlinked.error_message(), HasSubstr("use Retract"));
  const grpc::Status unmerged = Unmerge("l1").status;
  EXPECT_EQ(unmerged.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(BadFields(unmerged), ElementsAre("merge_id"));
  EXPECT_EQ(Resolve(Visitor("V")).journey().id(), "A");
}

TEST_F(IdentityTest, LinkOverTheBoundIsInertAndCounted) {
  std::vector<v1::Touchpoint> visits;
  for (int i = 0; i < core::kContactLinkedMax; ++i) {
    visits.push_back(Visit(absl::StrCat(i), Visitor(absl::StrCat("V", i))));
    visits.back().set_contact_id("C");
  }
  Append(visits);
  EXPECT_THAT(Metrics(), HasSubstr("journey_inert_links_total 0\n"));
  const auto link = Link("l1", Visitor("W"), Contact("C"));
  ASSERT_TRUE(link.status.ok()) << link.status.error_message();
  EXPECT_TRUE(link.response.inert());
  EXPECT_EQ(Resolve(Visitor("W")).journey().id(), "W");
  EXPECT_THAT(Metrics(), HasSubstr("journey_inert_links_total 1\n"));
  // The contact itself may be linked.
  EXPECT_FALSE(Link("l2", Contact("C"), Account("A")).response.inert());
}

TEST_F(IdentityTest, LinksAndMergesAreReadAsTouchpoints) {
  ASSERT_TRUE(Link("l1", Visitor("V"), Contact("C")).status.ok());
  Append({Visit("1", Visitor("V"))});
  ASSERT_TRUE(Merge("m1", "A", "B").status.ok());
  v1::ReadRequest request;
  request.set_tenant_id(kTenant);
  request.mutable_filter()->add_kinds(v1::TOUCHPOINT_KIND_IDENTITY_LINK);
  request.mutable_filter()->add_kinds(v1::TOUCHPOINT_KIND_ACCOUNT_MERGE);
  EXPECT_THAT(Positions(Read(server_.client(), request).response),
              ElementsAre(1, 3));
  // By each of the subjects that they name.
  for (const v1::Subject& subject : {Account("A"), Account("B")}) {
    *request.mutable_subject() = subject;
    EXPECT_THAT(Positions(Read(server_.client(), request).response),
                ElementsAre(3));
  }
}

}  // namespace
}  // namespace journey::testing
