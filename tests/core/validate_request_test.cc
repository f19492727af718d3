// Rules of whole requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "service/core/limits.h"
#include "service/core/validate.h"
#include "tests/core/samples.h"
#include "tests/core/violated_fields.h"

namespace journey::core {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using testing::kNow;
using testing::MakeAppend;
using testing::SampleOf;
using testing::ViolatedFields;

using Fields = std::vector<std::string>;

template <typename Request>
Request Parse(const std::string& text) {
  Request request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request))
      << text;
  return request;
}

Fields Refused(const v1::AppendRequest& request) {
  return ViolatedFields(ValidateAppend(request, kNow, SenderClocks()));
}

TEST(ValidateAppendTest, TenantIdsHaveAForm) {
  struct {
    std::string tenant_id;
    bool ok;
  } const cases[] = {
      {"a", true},
      {"0", true},
      {"acme-eu-1", true},
      {"a-", true},
      {std::string(63, 'a'), true},
      {"", false},
      {std::string(64, 'a'), false},
      {"-a", false},
      {"Acme", false},
      {"a_b", false},
      {"a.b", false},
      {"a/b", false},
      {"a b", false},
      {"\xC3\xA4", false},
      {std::string("a\0b", 3), false},
  };
  for (const auto& c : cases) {
    v1::AppendRequest request = MakeAppend({SampleOf("chat")});
    request.set_tenant_id(c.tenant_id);
    EXPECT_EQ(Refused(request), c.ok ? Fields{} : Fields{"tenant_id"})
        << c.tenant_id;
  }
}

TEST(ValidateAppendTest, BatchHasOneToAThousandTouchpoints) {
  EXPECT_THAT(Refused(MakeAppend({})), ElementsAre("touchpoints"));
  std::vector<v1::Touchpoint> touchpoints(kBatchTouchpointsMax,
                                          SampleOf("chat"));
  EXPECT_THAT(Refused(MakeAppend(touchpoints)), IsEmpty());
  touchpoints.push_back(SampleOf("chat"));
  EXPECT_THAT(Refused(MakeAppend(touchpoints)), ElementsAre("touchpoints"));
}

TEST(ValidateAppendTest, BatchIsAtMost4MiB) {
  std::vector<v1::Touchpoint> touchpoints(
      kBatchBytesMax / kTouchpointBytesMax - 1,
      testing::TouchpointOfSize(kTouchpointBytesMax));
  touchpoints.push_back(testing::TouchpointOfSize(kTouchpointBytesMax - 2000));
  touchpoints.push_back(testing::TouchpointOfSize(2000));
  EXPECT_THAT(Refused(MakeAppend(touchpoints)), IsEmpty());
  touchpoints.back() = testing::TouchpointOfSize(2001);
  EXPECT_THAT(Refused(MakeAppend(touchpoints)), ElementsAre("touchpoints"));
}

TEST(ValidateAppendTest, EveryBadTouchpointOfABatchIsNamed) {
  v1::AppendRequest request = MakeAppend({SampleOf("chat"), SampleOf("offer"),
                                          SampleOf("chat"), SampleOf("chat")});
  request.set_tenant_id("");
  request.mutable_touchpoints(1)->mutable_offer()->clear_offer_id();
  request.mutable_touchpoints(3)->clear_source();
  EXPECT_THAT(Refused(request),
              ElementsAre("tenant_id", "touchpoints[1].offer.offer_id",
                          "touchpoints[3].source"));
}

TEST(ValidateAppendTest, AckIsKnown) {
  v1::AppendRequest request = MakeAppend({SampleOf("chat")});
  request.set_ack(v1::ACK_DURABLE_ONLY);
  EXPECT_THAT(Refused(request), IsEmpty());
  request.set_ack(static_cast<v1::Ack>(3));
  EXPECT_THAT(Refused(request), ElementsAre("ack"));
}

TEST(ValidateAppendTest, ExpectedVersionsNameSubjectsOfTheBatch) {
  constexpr char kSubject[] =
      "subject { type: SUBJECT_TYPE_ACCOUNT id: 'account-1' } ";
  struct {
    const char* desc;
    std::string expected;
    Fields refused;
  } const cases[] = {
      {"exact", absl::StrCat(kSubject, "exact: 0"), {}},
      {"none", absl::StrCat(kSubject, "none: true"), {}},
      {"any", absl::StrCat(kSubject, "any: true"), {}},
      {"negative", absl::StrCat(kSubject, "exact: -1"), {".exact"}},
      {"none: false", absl::StrCat(kSubject, "none: false"), {".none"}},
      {"any: false", absl::StrCat(kSubject, "any: false"), {".any"}},
      {"no expectation", kSubject, {".expectation"}},
      {"no subject", "exact: 1", {".subject.type", ".subject.id"}},
      {"no type", "subject { id: 'account-1' } exact: 1", {".subject.type"}},
      {"another type",
       "subject { type: SUBJECT_TYPE_CONTACT id: 'account-1' } exact: 1",
       {".subject"}},
      {"another id",
       "subject { type: SUBJECT_TYPE_ACCOUNT id: 'account-2' } exact: 1",
       {".subject"}},
      {"named by the touchpoint, but not written to",
       "subject { type: SUBJECT_TYPE_DEAL id: 'deal-1' } exact: 1",
       {".subject"}},
  };
  for (const auto& c : cases) {
    v1::AppendRequest request = MakeAppend({SampleOf("chat")});
    *request.add_expected_versions() = Parse<v1::ExpectedVersion>(c.expected);
    Fields want;
    for (const std::string& field : c.refused) {
      want.push_back("expected_versions[0]" + field);
    }
    EXPECT_THAT(Refused(request), ElementsAreArray(want)) << c.desc;
  }
}

TEST(ValidateAppendTest, ExpectedVersionsMayNameTheSubjectOfEachType) {
  v1::Touchpoint account = SampleOf("chat");
  v1::Touchpoint contact = SampleOf("chat");
  contact.clear_account_id();
  contact.set_contact_id("x");
  v1::Touchpoint visitor = SampleOf("chat");
  visitor.clear_account_id();
  visitor.set_anonymous_id("x");
  v1::Touchpoint deal = SampleOf("chat");
  deal.clear_account_id();
  deal.set_deal_id("x");
  v1::AppendRequest request =
      MakeAppend({account, contact, visitor, deal, SampleOf("spend")});
  for (const char* subject : {"ACCOUNT id: 'account-1'", "CONTACT id: 'x'",
                              "VISITOR id: 'x'", "DEAL id: 'x'"}) {
    *request.add_expected_versions() = Parse<v1::ExpectedVersion>(
        absl::StrCat("subject { type: SUBJECT_TYPE_", subject, " } exact: 1"));
  }
  EXPECT_THAT(Refused(request), IsEmpty());
}

TEST(ValidateAppendTest, ExpectedVersionsAreOneASubjectAndAtMost100) {
  v1::AppendRequest request = MakeAppend({});
  for (int i = 0; i <= kExpectedVersionsMax; ++i) {
    v1::Touchpoint touchpoint = SampleOf("chat");
    touchpoint.set_account_id(absl::StrCat("a", i));
    *request.add_touchpoints() = touchpoint;
  }
  for (int i = 0; i < kExpectedVersionsMax; ++i) {
    *request.add_expected_versions() = Parse<v1::ExpectedVersion>(absl::StrCat(
        "subject { type: SUBJECT_TYPE_ACCOUNT id: 'a", i, "' } none: true"));
  }
  EXPECT_THAT(Refused(request), IsEmpty());
  request.mutable_expected_versions(7)->mutable_subject()->set_id("a3");
  EXPECT_THAT(Refused(request), ElementsAre("expected_versions[7].subject"));
  request.mutable_expected_versions(7)->mutable_subject()->set_id("a7");
  *request.add_expected_versions() = Parse<v1::ExpectedVersion>(
      "subject { type: SUBJECT_TYPE_ACCOUNT id: 'a100' } none: true");
  EXPECT_THAT(Refused(request), ElementsAre("expected_versions"));
}

TEST(ValidateRetractTest, TargetsAreNamed) {
  const std::string target = "targets { source: 's' touchpoint_id: 't' } ";
  struct {
    const char* desc;
    std::string request;
    Fields refused;
  } const cases[] = {
      {"fine", target, {}},
      {"none", "", {"targets"}},
      {"empty ids",
       target + "targets {}",
       {"targets[1].source", "targets[1].touchpoint_id"}},
      {"control characters",
       "targets { source: 'a\\nb' touchpoint_id: '\\001' }",
       {"targets[0].source", "targets[0].touchpoint_id"}},
      {"longest",
       absl::StrCat("targets { source: '", std::string(128, 's'),
                    "' touchpoint_id: '", std::string(256, 't'),
                    "' } reason: '", std::string(1024, 'r'), "' actor: '",
                    std::string(256, 'a'), "'"),
       {}},
      {"too long",
       absl::StrCat("targets { source: '", std::string(129, 's'),
                    "' touchpoint_id: '", std::string(257, 't'),
                    "' } reason: '", std::string(1025, 'r'), "' actor: '",
                    std::string(257, 'a'), "'"),
       {"targets[0].source", "targets[0].touchpoint_id", "reason", "actor"}},
  };
  for (const auto& c : cases) {
    auto request = Parse<v1::RetractRequest>("tenant_id: 'acme' " + c.request);
    EXPECT_THAT(ViolatedFields(ValidateRetract(request)),
                ElementsAreArray(c.refused))
        << c.desc;
  }
  EXPECT_THAT(
      ViolatedFields(ValidateRetract(Parse<v1::RetractRequest>(target))),
      ElementsAre("tenant_id"));
}

TEST(ValidateRetractTest, AtMostAThousandTargets) {
  v1::RetractRequest request;
  request.set_tenant_id("acme");
  for (int i = 0; i < kBatchTouchpointsMax; ++i) {
    *request.add_targets() =
        Parse<v1::TouchpointRef>("source: 's' touchpoint_id: 't'");
  }
  EXPECT_TRUE(ValidateRetract(request).ok());
  *request.add_targets() = request.targets(0);
  EXPECT_THAT(ViolatedFields(ValidateRetract(request)), ElementsAre("targets"));
}

TEST(ValidateAmendTest, ChecksEveryField) {
  const std::string target = "target { source: 'crm' touchpoint_id: 'wrong' } ";
  const auto by = [](const v1::Touchpoint& touchpoint) {
    return absl::StrCat("replacement { ", touchpoint.ShortDebugString(), " } ");
  };
  const std::string replacement = by(SampleOf("chat"));
  v1::Touchpoint no_outcome = SampleOf("call");
  no_outcome.mutable_call()->clear_outcome();
  struct {
    const char* desc;
    std::string request;
    Fields refused;
  } const cases[] = {
      {"fine", target + replacement, {}},
      {"of another source",
       "target { source: 'x' touchpoint_id: 'tp-1' } " + replacement,
       {}},
      {"nothing", "", {"target.source", "target.touchpoint_id", "replacement"}},
      {"by the target itself",
       "target { source: 'crm' touchpoint_id: 'tp-1' } " + replacement,
       {"replacement.touchpoint_id"}},
      {"a bad replacement",
       target + by(no_outcome),
       {"replacement.call.outcome"}},
      {"too long",
       absl::StrCat(target, replacement, "reason: '", std::string(1025, 'r'),
                    "' actor: '", std::string(257, 'a'), "'"),
       {"reason", "actor"}},
  };
  for (const auto& c : cases) {
    auto request = Parse<v1::AmendRequest>("tenant_id: 'acme' " + c.request);
    EXPECT_THAT(ViolatedFields(ValidateAmend(request, kNow, SenderClocks())),
                ElementsAreArray(c.refused))
        << c.desc;
  }
  EXPECT_THAT(
      ViolatedFields(ValidateAmend(
          Parse<v1::AmendRequest>(target + replacement), kNow, SenderClocks())),
      ElementsAre("tenant_id"));
  // The replacement is checked as in an append.
  EXPECT_THAT(
      ViolatedFields(ValidateAmend(
          Parse<v1::AmendRequest>("tenant_id: 'acme' " + target + replacement),
          kNow, SenderClocks({"crm"}))),
      ElementsAre("replacement.sent_at"));
}

TEST(ValidateReadTest, ChecksEveryField) {
  struct {
    const char* desc;
    const char* request;
    Fields refused;
  } const cases[] = {
      {"whole log", "", {}},
      {"everything set",
       "subject { type: SUBJECT_TYPE_DEAL id: 'd' } from_position: 7 "
       "order: READ_ORDER_BACKWARDS max_events: 3 filter { "
       "kinds: TOUCHPOINT_KIND_CALL sources: 'crm' occurred_from {} "
       "occurred_before { seconds: 9 } }",
       {}},
      {"empty subject", "subject {}", {"subject.type", "subject.id"}},
      {"negative numbers",
       "from_position: -1 max_events: -1",
       {"from_position", "max_events"}},
      {"unknown order", "order: 3", {"order"}},
      {"unset kind", "filter { kinds: 0 }", {"filter.kinds[0]"}},
      {"unknown kind", "filter { kinds: [20, 99] }", {"filter.kinds[1]"}},
      {"empty source", "filter { sources: '' }", {"filter.sources[0]"}},
      {"instants",
       "filter { occurred_from { seconds: -1 } "
       "occurred_before { nanos: 1000000000 } }",
       {"filter.occurred_from", "filter.occurred_before"}},
  };
  for (const auto& c : cases) {
    auto request =
        Parse<v1::ReadRequest>(absl::StrCat("tenant_id: 'acme' ", c.request));
    EXPECT_THAT(ViolatedFields(ValidateRead(request)),
                ElementsAreArray(c.refused))
        << c.desc;
  }
  EXPECT_THAT(ViolatedFields(ValidateRead({})), ElementsAre("tenant_id"));
}

TEST(ValidateReadTest, FiltersHaveAtMost32Values) {
  v1::ReadRequest request;
  request.set_tenant_id("acme");
  for (int i = 0; i < kFilterValuesMax; ++i) {
    request.mutable_filter()->add_kinds(v1::TOUCHPOINT_KIND_CALL);
    request.mutable_filter()->add_sources(std::string(kSourceBytesMax, 's'));
  }
  EXPECT_TRUE(ValidateRead(request).ok());
  request.mutable_filter()->add_kinds(v1::TOUCHPOINT_KIND_CALL);
  request.mutable_filter()->add_sources("s");
  EXPECT_THAT(ViolatedFields(ValidateRead(request)),
              ElementsAre("filter.kinds", "filter.sources"));
}

TEST(ValidateSubscribeTest, ChecksEveryField) {
  auto request = Parse<v1::SubscribeRequest>("tenant_id: 'acme'");
  EXPECT_TRUE(ValidateSubscribe(request).ok());
  request =
      Parse<v1::SubscribeRequest>("after_position: -1 filter { kinds: 99 }");
  EXPECT_THAT(ViolatedFields(ValidateSubscribe(request)),
              ElementsAre("tenant_id", "after_position", "filter.kinds[0]"));
}

TEST(ValidatePartsTest, NameTheFieldTheyAreGiven) {
  google::protobuf::Timestamp bad_instant;
  bad_instant.set_nanos(-1);
  Violations violations;
  CheckSubject({}, "link.subject", violations);
  CheckText("ab", 1, "owner_id", violations);
  CheckInstant(bad_instant, "as_of", violations);
  CheckPageSize(-1, violations);
  CheckPageSize(kPageSizeMax + 1, violations);
  CheckPageToken(std::string(kPageTokenBytesMax + 1, 't'), violations);
  EXPECT_THAT(ViolatedFields(violations.ToStatus()),
              ElementsAre("link.subject.type", "link.subject.id", "owner_id",
                          "as_of", "page_size", "page_size", "page_token"));
}

TEST(ValidatePartsTest, AcceptWhatIsWithinTheBounds) {
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_VISITOR);
  subject.set_id(std::string(kIdBytesMax, 'v'));
  Violations violations;
  CheckSubject(subject, "subject", violations);
  CheckText("", 0, "owner_id", violations);
  CheckInstant({}, "as_of", violations);
  CheckPageSize(0, violations);
  CheckPageSize(kPageSizeMax, violations);
  CheckPageToken(std::string(kPageTokenBytesMax, 't'), violations);
  EXPECT_TRUE(violations.empty());
  subject.mutable_id()->append("v");
  CheckSubject(subject, "subject", violations);
  EXPECT_THAT(ViolatedFields(violations.ToStatus()), ElementsAre("subject.id"));
}

}  // namespace
}  // namespace journey::core
