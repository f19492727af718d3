#include "service/core/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "service/core/touchpoint.h"

namespace journey::core {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

v1::Touchpoint Parse(const std::string& text) {
  v1::Touchpoint touchpoint;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &touchpoint))
      << text;
  return touchpoint;
}

// "visitor v > contact c".
std::vector<std::string> LinksIn(const v1::Touchpoint& touchpoint) {
  std::vector<std::string> out;
  for (const LinkRef& link : LinksOf(touchpoint)) {
    out.push_back(absl::StrCat(
        SubjectTypeName(link.narrow.type), " ", link.narrow.id, " > ",
        SubjectTypeName(link.wide.type), " ", link.wide.id));
  }
  return out;
}

TEST(IdentityTest, IdsOfATouchpointLinkEachToTheNextWider) {
  struct {
    const char* touchpoint;
    std::vector<std::string> links;
  } const cases[] = {
      {"chat {}", {}},
      {"account_id: 'a' chat {}", {}},
      {"contact_id: 'c' deal_id: 'd' chat {}", {}},
      {"anonymous_id: 'v' contact_id: 'c' chat {}", {"visitor v > contact c"}},
      {"anonymous_id: 'v' account_id: 'a' chat {}", {"visitor v > account a"}},
      {"contact_id: 'c' account_id: 'a' deal_id: 'd' chat {}",
       {"contact c > account a"}},
      {"anonymous_id: 'v' contact_id: 'c' account_id: 'a' identity_link {}",
       {"visitor v > contact c", "contact c > account a"}},
      {"account_id: 'a' account_merge { other_account_id: 'b' }",
       {"account a > account b"}},
      // Placeholders link nobody; the other ids do.
      {"anonymous_id: '0' contact_id: 'c' account_id: 'a' chat {}",
       {"contact c > account a"}},
      {"anonymous_id: 'v' contact_id: 'null' account_id: 'a' chat {}",
       {"visitor v > account a"}},
      {"anonymous_id: 'null' contact_id: 'null' account_id: 'a' chat {}", {}},
      {"anonymous_id: 'v' contact_id: 'c' account_id: 'N/A' chat {}",
       {"visitor v > contact c"}},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(LinksIn(Parse(c.touchpoint)), ElementsAreArray(c.links))
        << c.touchpoint;
  }
}

TEST(IdentityTest, PlaceholdersStandForNobody) {
  for (const char* id : {"",          "null",
                         "NULL",      "Null",
                         "nil",       "none",
                         "undefined", "unknown",
                         "guest",     "GUEST",
                         "n/a",       "NaN",
                         "anonymous", "-1",
                         "0",         "000",
                         "-",         "--",
                         " ",         "0-0",
                         "?",         "0.0.0.0",
                         "(0) ",      "\t",
                         "(not set)", "00000000-0000-0000-0000-000000000000"}) {
    EXPECT_TRUE(IsPlaceholderId(id)) << '"' << id << '"';
  }
}

TEST(IdentityTest, OtherIdsAreReal) {
  for (const char* id : {"1", "-2", "10", "0a", "a", "null1", "nullable",
                         "unknown-7", "guest@example.com", "\xC3\xA9",
                         "00000000-0000-0000-0000-000000000001"}) {
    EXPECT_FALSE(IsPlaceholderId(id)) << id;
  }
}

TEST(IdentityTest, OnlyTwoKindsSayNothingElse) {
  EXPECT_TRUE(IsIdentityKind(Parse("identity_link {}")));
  EXPECT_TRUE(IsIdentityKind(Parse("account_merge {}")));
  EXPECT_FALSE(IsIdentityKind(Parse("chat {}")));
  EXPECT_FALSE(IsIdentityKind({}));
}

TEST(IdentityTest, AMergeNamesBothAccounts) {
  const v1::Touchpoint merge =
      Parse("account_id: 'b' account_merge { other_account_id: 'a' }");
  std::vector<std::string> ids;
  for (const SubjectRef& subject : SubjectsOf(merge)) {
    EXPECT_EQ(subject.type, v1::SUBJECT_TYPE_ACCOUNT);
    ids.emplace_back(subject.id);
  }
  EXPECT_THAT(ids, ElementsAre("b", "a"));
  EXPECT_EQ(SubjectOf(merge)->id, "b");
}

}  // namespace
}  // namespace journey::core
