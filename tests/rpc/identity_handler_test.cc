// Links and merges become touchpoints and retractions; refusals and answers
// are in the request's own words.
#include <string>
#include <thread>

#include "google/protobuf/text_format.h"
#include "tests/rpc/rpc_fixture.h"

namespace journey::testing {
namespace {

using google::protobuf::TextFormat;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class IdentityHandlerTest : public RpcTest {
 protected:
  using Stub = v1::IdentityService::Stub;

  // Calls, and lets the writer answer with `result`. Returns what it was given.
  template <typename Request, typename Response>
  log::Append Call(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                const Request&, Response*),
                   const std::string& request, const std::string& result,
                   Response* response) {
    log::Append append;
    std::thread writer([&] {
      append = writer_.Take();
      v1::AppendResponse outcome;
      *outcome.add_results() = Parse<v1::AppendResult>(result);
      append.done(outcome);
    });
    grpc::ClientContext context;
    const grpc::Status status =
        (stub_.get()->*method)(&context, Parse<Request>(request), response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    writer.join();
    EXPECT_EQ(append.tenant_id, "acme");
    return append;
  }

  std::unique_ptr<Stub> stub_ = v1::IdentityService::NewStub(channel_);
};

constexpr char kLink[] =
    "tenant_id: 'acme' source: 'crm' link_id: 'l1' "
    "from { type: SUBJECT_TYPE_VISITOR id: 'v' } "
    "to { type: SUBJECT_TYPE_CONTACT id: 'c' } "
    "valid_from { seconds: 1700000000 nanos: 1999 } "
    "reason: 'logged in' actor: 'web'";
constexpr char kMerge[] =
    "tenant_id: 'acme' source: 'crm' merge_id: 'm1' account_id: 'b' "
    "other_account_id: 'a' occurred_at { seconds: 1700000000 } "
    "reason: 'duplicate' actor: 'anna'";

TEST_F(IdentityHandlerTest, LinkIsATouchpoint) {
  v1::LinkResponse response;
  const log::Append append =
      Call(&Stub::Link, kLink, "position: 7 inert_links: SUBJECT_TYPE_VISITOR",
           &response);
  EXPECT_EQ(response.position(), 7);
  EXPECT_FALSE(response.repeated());
  EXPECT_TRUE(response.inert());
  EXPECT_EQ(append.id_name, "link_id");
  ASSERT_EQ(append.touchpoints.size(), 1u);
  EXPECT_EQ(append.touchpoints[0]->SerializeAsString(),
            Parse<v1::Touchpoint>(
                "source: 'crm' touchpoint_id: 'l1' "
                "occurred_at { seconds: 1700000000 nanos: 1000 } "
                "contact_id: 'c' anonymous_id: 'v' "
                "identity_link { reason: 'logged in' actor: 'web' }")
                .SerializeAsString());
  EXPECT_EQ(stats_.of(rpc::Method::kLink).handled[0], 1);
}

TEST_F(IdentityHandlerTest, LinkMayLeadFromAContactToAnAccount) {
  v1::LinkRequest request = Parse<v1::LinkRequest>(kLink);
  request.mutable_from()->set_type(v1::SUBJECT_TYPE_CONTACT);
  request.mutable_to()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  v1::LinkResponse response;
  const log::Append append =
      Call(&Stub::Link, request.DebugString(),
           "position: 3 repeated: true retracted: true", &response);
  EXPECT_TRUE(response.repeated());
  EXPECT_TRUE(response.retracted());
  EXPECT_FALSE(response.inert());
  EXPECT_EQ(append.touchpoints.at(0)->contact_id(), "v");
  EXPECT_EQ(append.touchpoints.at(0)->account_id(), "c");
  EXPECT_EQ(append.touchpoints.at(0)->anonymous_id(), "");
}

TEST_F(IdentityHandlerTest, MergeIsATouchpoint) {
  v1::MergeResponse response;
  const log::Append append = Call(&Stub::Merge, kMerge,
                                  "position: 7 inert_links: "
                                  "SUBJECT_TYPE_ACCOUNT",
                                  &response);
  EXPECT_EQ(response.position(), 7);
  EXPECT_TRUE(response.inert());
  EXPECT_FALSE(response.retracted());
  EXPECT_EQ(append.id_name, "merge_id");
  ASSERT_EQ(append.touchpoints.size(), 1u);
  EXPECT_EQ(append.touchpoints[0]->SerializeAsString(),
            Parse<v1::Touchpoint>(
                "source: 'crm' touchpoint_id: 'm1' "
                "occurred_at { seconds: 1700000000 } account_id: 'b' "
                "account_merge { other_account_id: 'a' reason: 'duplicate' "
                "actor: 'anna' }")
                .SerializeAsString());
}

TEST_F(IdentityHandlerTest, TakingBackIsARetractionOfThatKindOnly) {
  v1::UnlinkResponse unlinked;
  log::Append append =
      Call(&Stub::Unlink,
           "tenant_id: 'acme' source: 'crm' link_id: 'l1' reason: 'r' "
           "actor: 'a'",
           "position: 9", &unlinked);
  EXPECT_EQ(unlinked.position(), 9);
  EXPECT_FALSE(unlinked.repeated());
  EXPECT_EQ(append.only_kind, v1::TOUCHPOINT_KIND_IDENTITY_LINK);
  EXPECT_EQ(append.id_name, "link_id");
  ASSERT_EQ(append.retractions.size(), 1u);
  EXPECT_EQ(append.retractions[0]->SerializeAsString(),
            Parse<storage::v1::RetractionRecord>(
                "source: 'crm' touchpoint_id: 'l1' reason: 'r' actor: 'a'")
                .SerializeAsString());

  v1::UnmergeResponse unmerged;
  append =
      Call(&Stub::Unmerge, "tenant_id: 'acme' source: 'crm' merge_id: 'm1'",
           "position: 9 repeated: true waiting: true", &unmerged);
  EXPECT_TRUE(unmerged.repeated());
  EXPECT_TRUE(unmerged.waiting());
  EXPECT_EQ(append.only_kind, v1::TOUCHPOINT_KIND_ACCOUNT_MERGE);
  EXPECT_EQ(append.id_name, "merge_id");
  EXPECT_EQ(append.retractions.at(0)->touchpoint_id(), "m1");
}

TEST_F(IdentityHandlerTest, BadRequestsDoNotReachTheWriter) {
  grpc::ClientContext contexts[4];
  v1::LinkResponse link;
  v1::UnlinkResponse unlink;
  v1::MergeResponse merge;
  v1::UnmergeResponse unmerge;
  for (const grpc::Status& status :
       {stub_->Link(&contexts[0], {}, &link),
        stub_->Unlink(&contexts[1], {}, &unlink),
        stub_->Merge(&contexts[2], {}, &merge),
        stub_->Unmerge(&contexts[3], {}, &unmerge)}) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(ReasonOf(status), "VALIDATION_FAILED");
  }
  EXPECT_EQ(writer_.queue_depth(), 0);
}

TEST_F(IdentityHandlerTest, ErrorOfTheWriterReachesTheClient) {
  std::thread writer([&] {
    writer_.Take().done(core::MakeError(absl::StatusCode::kResourceExhausted,
                                        v1::ERROR_REASON_SUBJECT_FULL, "full"));
  });
  grpc::ClientContext context;
  v1::LinkResponse response;
  const grpc::Status status =
      stub_->Link(&context, Parse<v1::LinkRequest>(kLink), &response);
  writer.join();
  EXPECT_EQ(ReasonOf(status), "SUBJECT_FULL");
}

TEST_F(IdentityHandlerTest, ResolveIsAnsweredByTheViews) {
  grpc::ClientContext context;
  v1::ResolveResponse response;
  const grpc::Status status = stub_->Resolve(
      &context,
      Parse<v1::ResolveRequest>(
          "tenant_id: 'acme' subject { type: SUBJECT_TYPE_VISITOR id: 'v' }"),
      &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.journey().id(), "v");
}

}  // namespace
}  // namespace journey::testing
