// Links and merges, as requests of IdentityService and as touchpoints.
#include "service/core/validate_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "service/core/time.h"
#include "service/core/validate.h"
#include "tests/core/samples.h"
#include "tests/core/violated_fields.h"

namespace journey::core {
namespace {

using testing::BadRequestOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using testing::kNow;
using testing::MakeAppend;
using testing::SampleOf;
using testing::ViolatedFields;

using Fields = std::vector<std::string>;

// What is wrong with a good request after `change`, in text format, was merged
// into it.
struct Case {
  const char* desc;
  std::string change;
  Fields refused;
};

template <typename Request>
Request With(const Request& good, const std::string& change) {
  Request request = good;
  google::protobuf::TextFormat::Parser parser;
  EXPECT_TRUE(parser.MergeFromString(change, &request)) << change;
  return request;
}

template <typename Request, typename Check>
void CheckCases(const Request& good, const std::vector<Case>& cases,
                Check check) {
  EXPECT_TRUE(check(good).ok()) << check(good);
  for (const Case& c : cases) {
    EXPECT_THAT(ViolatedFields(check(With(good, c.change))),
                ElementsAreArray(c.refused))
        << c.desc;
  }
}

std::string Times(size_t count) { return std::string(count, 'x'); }

v1::LinkRequest GoodLink() {
  v1::LinkRequest request;
  request.set_tenant_id("acme");
  request.set_source("crm");
  request.set_link_id("l1");
  request.mutable_from()->set_type(v1::SUBJECT_TYPE_VISITOR);
  request.mutable_from()->set_id("v");
  request.mutable_to()->set_type(v1::SUBJECT_TYPE_CONTACT);
  request.mutable_to()->set_id("c");
  *request.mutable_valid_from() = ToTimestamp(kNow);
  return request;
}

v1::MergeRequest GoodMerge() {
  v1::MergeRequest request;
  request.set_tenant_id("acme");
  request.set_source("crm");
  request.set_merge_id("m1");
  request.set_account_id("a");
  request.set_other_account_id("b");
  *request.mutable_occurred_at() = ToTimestamp(kNow);
  return request;
}

absl::Status CheckLink(const v1::LinkRequest& request) {
  return ValidateLink(request, kNow);
}

absl::Status CheckMerge(const v1::MergeRequest& request) {
  return ValidateMerge(request, kNow);
}

std::string Subjects(const char* from_type, const char* from_id,
                     const char* to_type, const char* to_id) {
  return absl::StrCat("from { type: SUBJECT_TYPE_", from_type, " id: '",
                      from_id, "' } to { type: SUBJECT_TYPE_", to_type,
                      " id: '", to_id, "' }");
}

TEST(ValidateIdentityTest, ALinkLeadsFromTheNarrowerToTheWider) {
  CheckCases(
      GoodLink(),
      {
          {"visitor to contact", "", {}},
          {"visitor to account", "to { type: SUBJECT_TYPE_ACCOUNT }", {}},
          {"contact to account", Subjects("CONTACT", "c", "ACCOUNT", "a"), {}},
          {"same id of another type",
           Subjects("CONTACT", "x", "ACCOUNT", "x"),
           {}},
          {"itself", Subjects("CONTACT", "c", "CONTACT", "c"), {"to"}},
          {"account to contact",
           Subjects("ACCOUNT", "a", "CONTACT", "c"),
           {"to"}},
          {"contact to visitor",
           Subjects("CONTACT", "c", "VISITOR", "v"),
           {"to"}},
          {"two visitors", Subjects("VISITOR", "v", "VISITOR", "w"), {"to"}},
          {"two accounts", Subjects("ACCOUNT", "a", "ACCOUNT", "b"), {"to"}},
          {"from a deal", "from { type: SUBJECT_TYPE_DEAL }", {"from.type"}},
          {"to a deal", "to { type: SUBJECT_TYPE_DEAL }", {"to.type"}},
          {"unknown types",
           "from { type: 99 } to { type: 0 }",
           {"from.type", "to.type"}},
      },
      CheckLink);
}

TEST(ValidateIdentityTest, EveryFieldOfALinkIsChecked) {
  CheckCases(GoodLink(),
             {
                 {"bad tenant", "tenant_id: 'A'", {"tenant_id"}},
                 {"no source", "source: ''", {"source"}},
                 {"control character", "link_id: 'a\\nb'", {"link_id"}},
                 {"no id", "link_id: ''", {"link_id"}},
                 {"no subjects",
                  "from { id: '' } to { id: '' }",
                  {"from.id", "to.id"}},
                 {"longest",
                  absl::StrCat("source: '", Times(128), "' link_id: '",
                               Times(256), "' from { id: '", Times(256),
                               "' } to { id: '", Times(256), "' } reason: '",
                               Times(1024), "' actor: '", Times(256), "'"),
                  {}},
                 {"too long",
                  absl::StrCat("source: '", Times(129), "' link_id: '",
                               Times(257), "' from { id: '", Times(257),
                               "' } to { id: '", Times(257), "' } reason: '",
                               Times(1025), "' actor: '", Times(257), "'"),
                  {"source", "link_id", "reason", "actor", "from.id", "to.id"}},
                 {"placeholders",
                  "from { id: 'NULL' } to { id: '000' }",
                  {"from.id", "to.id"}},
                 {"before 1970", "valid_from { seconds: -1 }", {"valid_from"}},
                 {"a day ahead", "valid_from { seconds: 1767312000 }", {}},
                 {"more than a day ahead",
                  "valid_from { seconds: 1767312001 }",
                  {"valid_from"}},
             },
             CheckLink);
  v1::LinkRequest request = GoodLink();
  request.clear_valid_from();
  request.clear_to();
  EXPECT_THAT(ViolatedFields(CheckLink(request)),
              ElementsAreArray({"to.type", "to.id", "valid_from"}));
}

TEST(ValidateIdentityTest, EveryFieldOfAMergeIsChecked) {
  CheckCases(GoodMerge(),
             {
                 {"bad tenant", "tenant_id: 'A'", {"tenant_id"}},
                 {"no source", "source: ''", {"source"}},
                 {"no id", "merge_id: ''", {"merge_id"}},
                 {"no accounts",
                  "account_id: '' other_account_id: ''",
                  {"account_id", "other_account_id"}},
                 {"itself", "other_account_id: 'a'", {"other_account_id"}},
                 {"placeholders",
                  "account_id: 'guest' other_account_id: '-1'",
                  {"account_id", "other_account_id"}},
                 {"too long",
                  absl::StrCat("account_id: '", Times(257), "' reason: '",
                               Times(1025), "'"),
                  {"reason", "account_id"}},
                 {"more than a day ahead",
                  "occurred_at { seconds: 1767312001 }",
                  {"occurred_at"}},
             },
             CheckMerge);
  v1::MergeRequest request = GoodMerge();
  request.clear_occurred_at();
  EXPECT_THAT(ViolatedFields(CheckMerge(request)),
              ElementsAreArray({"occurred_at"}));
}

TEST(ValidateIdentityTest, WhatIsTakenBackIsNamed) {
  v1::UnlinkRequest unlink;
  EXPECT_THAT(ViolatedFields(ValidateUnlink(unlink)),
              ElementsAreArray({"tenant_id", "source", "link_id"}));
  unlink.set_tenant_id("acme");
  unlink.set_source("crm");
  unlink.set_link_id("l1");
  EXPECT_TRUE(ValidateUnlink(unlink).ok());
  unlink.set_actor(Times(257));
  EXPECT_THAT(ViolatedFields(ValidateUnlink(unlink)),
              ElementsAreArray({"actor"}));

  v1::UnmergeRequest unmerge;
  EXPECT_THAT(ViolatedFields(ValidateUnmerge(unmerge)),
              ElementsAreArray({"tenant_id", "source", "merge_id"}));
  unmerge.set_tenant_id("acme");
  unmerge.set_source("crm");
  unmerge.set_merge_id("m1");
  EXPECT_TRUE(ValidateUnmerge(unmerge).ok());
}

TEST(ValidateIdentityTest, DescriptionsTellTheWayOut) {
  const auto describe = [](const absl::Status& status) {
    return BadRequestOf(status).field_violations(0).description();
  };
  EXPECT_THAT(describe(CheckLink(
                  With(GoodLink(), Subjects("ACCOUNT", "a", "ACCOUNT", "b")))),
              HasSubstr("Merge"));
  EXPECT_THAT(describe(CheckLink(
                  With(GoodLink(), Subjects("ACCOUNT", "a", "VISITOR", "v")))),
              HasSubstr("exchange from and to"));
  EXPECT_THAT(describe(CheckLink(With(GoodLink(), "from { id: 'nil' }"))),
              HasSubstr("name a real id"));
}

TEST(ValidateIdentityTest, TouchpointsOfTheTwoKindsNameWhoBelongsTogether) {
  const auto check = [](const v1::Touchpoint& touchpoint) {
    return ValidateAppend(MakeAppend({touchpoint}), kNow, SenderClocks());
  };
  const std::string t = "touchpoints[0].";
  CheckCases(SampleOf("identity_link"),
             {
                 {"three ids", "anonymous_id: 'v'", {}},
                 {"one id", "contact_id: ''", {t + "identity_link"}},
                 {"a deal", "deal_id: 'd'", {t + "deal_id"}},
                 {"placeholders",
                  "contact_id: 'nil' account_id: '0'",
                  {t + "account_id", t + "contact_id"}},
             },
             check);
  CheckCases(
      SampleOf("account_merge"),
      {
          {"no account",
           "account_id: ''",
           {"touchpoints[0]", t + "account_id"}},
          {"a contact", "contact_id: 'c'", {t + "account_merge"}},
          {"a deal", "deal_id: 'd'", {t + "account_merge"}},
          {"itself",
           "account_merge { other_account_id: 'account-1' }",
           {t + "account_merge.other_account_id"}},
          {"placeholders",
           "account_id: 'none' account_merge { other_account_id: 'n/a' }",
           {t + "account_id", t + "account_merge.other_account_id"}},
      },
      check);
}

}  // namespace
}  // namespace journey::core
