#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "cli/instants.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

v1::Subject SubjectOf(v1::SubjectType type, const std::string& id) {
  v1::Subject subject;
  subject.set_type(type);
  subject.set_id(id);
  return subject;
}

google::protobuf::Timestamp DaysAgo(int days) {
  return cli::FromMicros(kNowMicros - days * int64_t{86'400} * 1'000'000);
}

World As(const std::string& user) {
  World world;
  world.variables["USER"] = user;
  return world;
}

TEST(IdentityCommandsTest, LinksFromNowOnUnlessTold) {
  FakeServer server;
  server.identity.linked.set_position(1234);
  const RunResult result =
      RunCli(server.With({"identity", "link", "visitor:V1", "contact:C2"}),
             As("anna"));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  const v1::LinkRequest& request = server.identity.link_request;
  EXPECT_EQ(request.tenant_id(), "acme");
  EXPECT_EQ(request.source(), "journeyctl");
  EXPECT_EQ(request.link_id(), "visitor:V1/contact:C2@2025-03-01T00:00:00Z");
  EXPECT_EQ(request.from().type(), v1::SUBJECT_TYPE_VISITOR);
  EXPECT_EQ(request.from().id(), "V1");
  EXPECT_EQ(request.to().type(), v1::SUBJECT_TYPE_CONTACT);
  EXPECT_EQ(request.to().id(), "C2");
  EXPECT_EQ(cli::ToMicros(request.valid_from()), kNowMicros);
  EXPECT_EQ(request.actor(), "anna");
  EXPECT_EQ(result.out,
            "SOURCE      ID                                          POSITION  "
            "RESULT\n"
            "journeyctl  visitor:V1/contact:C2@2025-03-01T00:00:00Z     1,234  "
            "linked from 2025-03-01 00:00 on\n");
  EXPECT_EQ(result.err, "");
}

TEST(IdentityCommandsTest, TakesEverythingThatCanBeTold) {
  FakeServer server;
  server.identity.linked.set_repeated(true);
  const RunResult result =
      RunCli(server.With({"identity", "link", "contact:C2", "account:A3",
                          "--source", "crm", "--id", "L1", "--valid-from",
                          "-2d", "--reason", "call", "--actor", "bob"}));
  const v1::LinkRequest& request = server.identity.link_request;
  EXPECT_EQ(request.source(), "crm");
  EXPECT_EQ(request.link_id(), "L1");
  EXPECT_EQ(cli::Rfc3339(request.valid_from()), "2025-02-27T00:00:00Z");
  EXPECT_EQ(request.reason(), "call");
  EXPECT_EQ(request.actor(), "bob");
  EXPECT_THAT(result.out, HasSubstr("was known already"));
}

TEST(IdentityCommandsTest, WarnsOfALinkThatBindsNobody) {
  FakeServer server;
  server.identity.linked.set_inert(true);
  const RunResult result =
      RunCli(server.With({"identity", "link", "visitor:V1", "contact:C2"}));
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_THAT(result.out, HasSubstr("inert"));
  EXPECT_THAT(result.err,
              HasSubstr("Warning: 1 link is inert and binds nobody"));
}

TEST(IdentityCommandsTest, WarnsOfAnIdThatWasTakenBack) {
  FakeServer server;
  server.identity.linked.set_repeated(true);
  server.identity.linked.set_retracted(true);
  RunResult result =
      RunCli(server.With({"identity", "link", "visitor:V1", "contact:C2"}));
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_THAT(result.out, HasSubstr("not in force"));
  EXPECT_THAT(result.err, HasSubstr("was taken back and never revives"));
  EXPECT_THAT(result.err, HasSubstr("another --id"));

  server.identity.merged.set_retracted(true);
  result =
      RunCli(server.With({"identity", "merge", "account:A4", "account:A3"}));
  EXPECT_THAT(result.out, HasSubstr("not in force"));
  EXPECT_THAT(result.err, HasSubstr("another --id"));
}

TEST(IdentityCommandsTest, IdsOfLongSubjectsAreHashed) {
  FakeServer server;
  const auto id_of = [&](const std::string& from, const std::string& at) {
    const RunResult result = RunCli(
        server.With({"identity", "link", "visitor:" + from,
                     "contact:" + std::string(200, 'c'), "--valid-from", at}));
    EXPECT_EQ(result.code, cli::kExitOk) << result.err;
    return server.identity.link_request.link_id();
  };
  // "visitor:", "/contact:", "@2025-03-01T00:00:00Z" and the ids.
  EXPECT_EQ(id_of(std::string(256 - 38 - 200, 'v'), "2025-03-01").size(), 256u);
  const std::string id = id_of(std::string(256, 'v'), "2025-03-01");
  EXPECT_EQ(id.size(), 64u);
  EXPECT_EQ(id_of(std::string(256, 'v'), "2025-03-01"), id);
  EXPECT_NE(id_of(std::string(256, 'w'), "2025-03-01"), id);
  EXPECT_NE(id_of(std::string(256, 'v'), "2025-03-02"), id);
}

TEST(IdentityCommandsTest, MergesAccounts) {
  FakeServer server;
  server.identity.merged.set_position(8);
  const RunResult result = RunCli(
      server.With({"identity", "merge", "account:A4", "account:A3",
                   "--occurred-at", "2025-01-01", "--reason", "duplicate"}));
  const v1::MergeRequest& request = server.identity.merge_request;
  EXPECT_EQ(request.account_id(), "A4");
  EXPECT_EQ(request.other_account_id(), "A3");
  EXPECT_EQ(request.merge_id(), "account:A4=account:A3@2025-01-01T00:00:00Z");
  EXPECT_EQ(cli::Rfc3339(request.occurred_at()), "2025-01-01T00:00:00Z");
  EXPECT_EQ(request.reason(), "duplicate");
  EXPECT_THAT(result.out, HasSubstr("8  merged\n"));
}

TEST(IdentityCommandsTest, TakesBack) {
  FakeServer server;
  server.identity.unlinked.set_position(9);
  EXPECT_THAT(RunCli(server.With({"identity", "unlink", "crm", "L1", "--reason",
                                  "wrong person"}),
                     As("anna"))
                  .out,
              HasSubstr("crm     L1         9  taken back\n"));
  EXPECT_EQ(server.identity.unlink_request.link_id(), "L1");
  EXPECT_EQ(server.identity.unlink_request.reason(), "wrong person");
  EXPECT_EQ(server.identity.unlink_request.actor(), "anna");

  server.identity.unmerged.set_repeated(true);
  EXPECT_THAT(RunCli(server.With({"identity", "unmerge", "crm", "M1"})).out,
              HasSubstr("was taken back before"));
  server.identity.unmerged.set_waiting(true);
  EXPECT_THAT(RunCli(server.With({"identity", "unmerge", "crm", "M1"})).out,
              HasSubstr("waits: no such id in the log"));
  EXPECT_EQ(server.identity.unmerge_request.source(), "crm");
  EXPECT_EQ(server.identity.unmerge_request.merge_id(), "M1");
}

TEST(IdentityCommandsTest, ShowsWhoseJourneyItIsAndWhy) {
  FakeServer server;
  v1::ResolveResponse& resolved = server.identity.resolved;
  *resolved.mutable_journey() = SubjectOf(v1::SUBJECT_TYPE_ACCOUNT, "A1");
  v1::IdentityStep& home = *resolved.add_steps();
  *home.mutable_from() = SubjectOf(v1::SUBJECT_TYPE_DEAL, "D1");
  *home.mutable_to() = SubjectOf(v1::SUBJECT_TYPE_CONTACT, "C2");
  home.mutable_cause()->set_source("crm");
  home.mutable_cause()->set_touchpoint_id("deal-1");
  v1::IdentityStep& link = *resolved.add_steps();
  *link.mutable_from() = SubjectOf(v1::SUBJECT_TYPE_CONTACT, "C2");
  *link.mutable_to() = SubjectOf(v1::SUBJECT_TYPE_ACCOUNT, "A3");
  *link.mutable_valid_from() = DaysAgo(10);
  link.mutable_cause()->set_source("crm");
  link.mutable_cause()->set_touchpoint_id("call-7");
  v1::IdentityStep& merge = *resolved.add_steps();
  *merge.mutable_from() = SubjectOf(v1::SUBJECT_TYPE_ACCOUNT, "A3");
  *merge.mutable_to() = SubjectOf(v1::SUBJECT_TYPE_ACCOUNT, "A1");
  resolved.add_merged_account_ids("A1");
  resolved.add_merged_account_ids("A3");
  const RunResult result =
      RunCli(server.With({"identity", "resolve", "deal:D1", "--as-of", "-1d",
                          "--known-at", "-2d"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(cli::Rfc3339(server.identity.resolve_request.as_of()),
            "2025-02-28T00:00:00Z");
  EXPECT_EQ(cli::Rfc3339(server.identity.resolve_request.known_at()),
            "2025-02-27T00:00:00Z");
  EXPECT_EQ(result.out, R"(Subject          deal:D1
Journey          account:A1
Merged accounts  A1, A3

WHY
SUBJECT     BELONGS TO  FROM              CAUSE
deal:D1     contact:C2  always            crm deal-1
contact:C2  account:A3  2025-02-19 00:00  crm call-7
account:A3  account:A1  always            merged
A subject's first link holds before its date too.
)");
}

TEST(IdentityCommandsTest, ShowsThatTheFirstLinkHoldsBeforeItsTimeAsWell) {
  FakeServer server;
  v1::ResolveResponse& resolved = server.identity.resolved;
  *resolved.mutable_journey() = SubjectOf(v1::SUBJECT_TYPE_ACCOUNT, "A4");
  for (const int days : {10, 5}) {
    v1::IdentityStep& link = *resolved.add_history();
    *link.mutable_from() = SubjectOf(v1::SUBJECT_TYPE_CONTACT, "C2");
    *link.mutable_to() =
        SubjectOf(v1::SUBJECT_TYPE_ACCOUNT, days == 10 ? "A3" : "A4");
    *link.mutable_valid_from() = DaysAgo(days);
    link.mutable_cause()->set_source("crm");
    link.mutable_cause()->set_touchpoint_id("call-" + std::to_string(days));
  }
  EXPECT_EQ(RunCli(server.With({"identity", "resolve", "contact:C2"})).out,
            R"(Subject  contact:C2
Journey  account:A4

OVER TIME
SUBJECT     BELONGS TO  FROM              UNTIL             CAUSE
contact:C2  account:A3  always            2025-02-24 00:00  crm call-10
contact:C2  account:A4  2025-02-24 00:00                    crm call-5
)");
}

TEST(IdentityCommandsTest, PrintsJson) {
  FakeServer server;
  server.identity.linked.set_position(7);
  server.identity.linked.set_inert(true);
  const RunResult result = RunCli(server.With(
      {"identity", "link", "visitor:V1", "contact:C2", "-o", "ndjson"}));
  EXPECT_EQ(result.out, "{\"position\":\"7\",\"inert\":true}\n");
  *server.identity.resolved.mutable_journey() =
      SubjectOf(v1::SUBJECT_TYPE_ACCOUNT, "A1");
  EXPECT_THAT(
      RunCli(server.With({"identity", "resolve", "account:A1", "-o", "json"}))
          .out,
      HasSubstr("\"id\": \"A1\""));
}

TEST(IdentityCommandsTest, ReadShowsLinksMergesAndWhichAreInert) {
  FakeServer server;
  v1::Event event;
  event.set_position(5);
  v1::Touchpoint& link = *event.mutable_touchpoint();
  link.set_source("crm");
  link.set_touchpoint_id("l1");
  *link.mutable_occurred_at() = DaysAgo(1);
  link.set_contact_id("C2");
  link.set_anonymous_id("V1");
  link.mutable_identity_link()->set_reason("login");
  event.add_inert_links(v1::SUBJECT_TYPE_VISITOR);
  server.touchpoints.events.push_back(event);
  v1::Touchpoint merge = link;
  merge.clear_contact_id();
  merge.clear_anonymous_id();
  merge.set_account_id("A4");
  merge.set_touchpoint_id("m1");
  merge.mutable_account_merge()->set_other_account_id("A3");
  *event.mutable_touchpoint() = merge;
  event.clear_inert_links();
  server.touchpoints.events.push_back(event);
  event.add_inert_links(v1::SUBJECT_TYPE_ACCOUNT);
  server.touchpoints.events.push_back(event);
  const std::string out = RunCli(server.With({"read"})).out;
  EXPECT_THAT(out, HasSubstr("identity_link"));
  EXPECT_THAT(out, HasSubstr("crm l1  visitor:V1 > contact:C2  login  (inert: "
                             "link of the visitor)\n"));
  EXPECT_THAT(out, HasSubstr("crm m1  = account:A3\n"));
  EXPECT_THAT(out, HasSubstr("crm m1  = account:A3  (inert: merge)\n"));
}

}  // namespace
}  // namespace journey::testing
