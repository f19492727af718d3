// Whose journey touchpoints belong to: links, merges and their withdrawal, in
// any order of arrival, give the journeys of the definition.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/limits.h"
#include "tests/views/identity_fixture.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr int kHistories = 60;
constexpr int kArrivals = 3;

constexpr char kVisit[] = "site_visit { url: 'https://example.com' }";
constexpr char kCall[] = "call { outcome: OUTCOME_CONNECTED }";

std::string With(const std::string& ids, const char* payload) {
  return absl::StrCat(ids, " ", payload);
}

TEST_F(IdentityTest, VisitsJoinTheContactAndTheAccountThatALaterCallNames) {
  Append("visit", "2025-01-01", With("anonymous_id: 'V'", kVisit));
  EXPECT_THAT(Timelines(), ElementsAre(Pair("V", ElementsAre("visit"))));
  Append("form", "2025-01-05",
         "anonymous_id: 'V' contact_id: 'C' form_submission { intent: "
         "INTENT_CONTENT }");
  EXPECT_THAT(Timelines(),
              ElementsAre(Pair("C", ElementsAre("visit", "form"))));
  Append("call", "2025-02-01", With("contact_id: 'C' account_id: 'A'", kCall));
  EXPECT_THAT(Timelines(),
              ElementsAre(Pair("A", ElementsAre("visit", "form", "call"))));
  Retract("call");
  EXPECT_THAT(Timelines(),
              ElementsAre(Pair("C", ElementsAre("visit", "form"))));
}

TEST_F(IdentityTest, LinksMayComeBeforeTheTouchpoints) {
  Append("link", "2025-01-01",
         "contact_id: 'C' account_id: 'A' identity_link {}");
  EXPECT_THAT(Timelines(), IsEmpty());
  Append("call", "2025-02-01", With("contact_id: 'C'", kCall));
  Append("early", "2024-02-01", With("contact_id: 'C'", kCall));
  EXPECT_THAT(Timelines(),
              ElementsAre(Pair("A", ElementsAre("early", "call"))));
}

TEST_F(IdentityTest, AContactTakesLaterTouchpointsToItsNextAccount) {
  Append("l1", "2025-01-01",
         "contact_id: 'C' account_id: 'A' identity_link {}");
  Append("l2", "2025-03-01",
         "contact_id: 'C' account_id: 'B' identity_link {}");
  Append("first", "2025-02-01", With("contact_id: 'C'", kCall));
  Append("second", "2025-03-01", With("contact_id: 'C'", kCall));
  EXPECT_THAT(Timelines(), ElementsAre(Pair("A", ElementsAre("first")),
                                       Pair("B", ElementsAre("second"))));
  EXPECT_EQ(Resolve(v1::SUBJECT_TYPE_CONTACT, "C", "2025-02-28").journey().id(),
            "A");
  EXPECT_EQ(Resolve(v1::SUBJECT_TYPE_CONTACT, "C", "2025-03-01").journey().id(),
            "B");
  // A link in between takes only its own time.
  Append("l3", "2025-02-10",
         "contact_id: 'C' account_id: 'D' identity_link {}");
  Append("third", "2025-02-15", With("contact_id: 'C'", kCall));
  EXPECT_THAT(Timelines(), ElementsAre(Pair("A", ElementsAre("first")),
                                       Pair("B", ElementsAre("second")),
                                       Pair("D", ElementsAre("third"))));
  Retract("l3");
  EXPECT_THAT(Timelines(), ElementsAre(Pair("A", ElementsAre("first", "third")),
                                       Pair("B", ElementsAre("second"))));
}

TEST_F(IdentityTest, MergedAccountsAreOneJourneyUntilTheyAreUnmerged) {
  Append("a", "2025-01-01", With("account_id: 'A'", kCall));
  Append("b", "2025-01-02", With("account_id: 'B'", kCall));
  Append("c", "2025-01-03", With("account_id: 'C'", kCall));
  const auto apart = Journeys();
  Append("m1", "2025-02-01",
         "account_id: 'C' account_merge { other_account_id: 'B' }");
  Append("m2", "2025-02-01",
         "account_id: 'C' account_merge { other_account_id: 'A' }");
  EXPECT_THAT(Timelines(), ElementsAre(Pair("A", ElementsAre("a", "b", "c"))));
  EXPECT_THAT(
      Resolve(v1::SUBJECT_TYPE_ACCOUNT, "B", "2025-01-01").merged_account_ids(),
      ElementsAre("A", "B", "C"));
  Append("m3", "2025-02-01",
         "account_id: 'A' account_merge { other_account_id: 'B' }");
  Retract("m2");
  // A and C are still the same, by way of B.
  EXPECT_THAT(Timelines(), ElementsAre(Pair("A", ElementsAre("a", "b", "c"))));
  Retract("m3");
  EXPECT_THAT(Timelines(), ElementsAre(Pair("A", ElementsAre("a")),
                                       Pair("B", ElementsAre("b", "c"))));
  Retract("m1");
  EXPECT_EQ(Journeys(), apart);
}

TEST_F(IdentityTest, ADealReturnsHomeWhenWhatTookItElsewhereIsRetracted) {
  const auto updated = [&](const std::string& id, const std::string& at,
                           const std::string& ids) {
    Append(id, at,
           With(absl::StrCat("deal_id: 'D' ", ids),
                "deal { action: ACTION_UPDATED }"));
  };
  updated("own", "2025-01-01", "");
  updated("c", "2025-01-02", "contact_id: 'C'");
  updated("a", "2025-01-03", "account_id: 'A'");
  updated("b1", "2025-01-04", "account_id: 'B'");
  updated("own2", "2025-01-05", "");
  updated("b2", "2025-01-06", "account_id: 'B'");
  const auto home = [&] {
    return Resolve(v1::SUBJECT_TYPE_DEAL, "D", "2025-02-01").journey().id();
  };
  EXPECT_EQ(home(), "B");
  Retract("own2");
  EXPECT_EQ(home(), "B");
  // All that name B at once; a touchpoint that is no news does not matter.
  ASSERT_TRUE(engine_->Retract(std::vector<std::string>{"b2", "b1"}).ok());
  EXPECT_EQ(home(), "A");
  EXPECT_THAT(Timelines(),
              ElementsAre(Pair("A", ElementsAre("own", "c", "a"))));
  updated("late", "2025-01-01T12:00:00Z", "account_id: 'B'");
  EXPECT_EQ(home(), "A");
  Retract("a");
  EXPECT_EQ(home(), "B");
  ASSERT_TRUE(engine_->Retract(std::vector<std::string>{"late", "own"}).ok());
  EXPECT_EQ(home(), "C");
  Retract("c");
  EXPECT_EQ(home(), "D");
}

TEST_F(IdentityTest, ADealLeadsToItsHomeByTheTouchpointThatNamedIt) {
  const auto steps = [&] {
    std::vector<std::string> out;
    const auto response = Resolve(v1::SUBJECT_TYPE_DEAL, "D", "2025-02-01");
    for (const v1::IdentityStep& step : response.steps()) {
      EXPECT_EQ(step.has_valid_from(),
                step.from().type() == v1::SUBJECT_TYPE_CONTACT);
      out.push_back(absl::StrCat(step.from().id(), ">", step.to().id(), " by ",
                                 step.cause().touchpoint_id()));
    }
    return out;
  };
  EXPECT_THAT(steps(), IsEmpty());
  Append("own", "2025-01-01", "deal_id: 'D' deal { action: ACTION_OPENED }");
  EXPECT_THAT(steps(), IsEmpty());
  Append("named", "2025-01-02", With("deal_id: 'D' contact_id: 'C'", kCall));
  EXPECT_THAT(steps(), ElementsAre("D>C by named"));
  Append("link", "2025-01-01",
         "contact_id: 'C' account_id: 'B' identity_link {}");
  EXPECT_THAT(steps(), ElementsAre("D>C by named", "C>B by link"));
  Append("won", "2025-01-03", With("deal_id: 'D' account_id: 'B'", kCall));
  Append("m", "2025-01-03",
         "account_id: 'A' account_merge { other_account_id: 'B' }");
  EXPECT_THAT(steps(), ElementsAre("D>B by won", "B>A by "));
}

TEST_F(IdentityTest, DealsOfMergedAccountsAreListedByEachOfThem) {
  Append("a", "2025-01-01",
         "account_id: 'A' deal_id: 'D1' deal { action: ACTION_OPENED }");
  Append("b", "2025-01-01",
         "account_id: 'B' deal_id: 'D2' deal { action: ACTION_OPENED }");
  Append("c", "2025-01-01",
         "account_id: 'C' deal_id: 'D3' deal { action: ACTION_OPENED }");
  const auto deals = [&](const std::string& account_id) {
    v1::ListDealsRequest request;
    request.set_tenant_id(Engine::kTenant);
    request.set_account_id(account_id);
    std::vector<std::string> out;
    const auto response = engine_->views().ListDeals(request, Always);
    EXPECT_TRUE(response.ok()) << response.status();
    for (const v1::Deal& deal : response->deals()) {
      out.push_back(deal.deal_id());
    }
    return out;
  };
  EXPECT_THAT(deals("B"), ElementsAre("D2"));
  Append("m", "2025-02-01",
         "account_id: 'A' account_merge { other_account_id: 'B' }");
  EXPECT_THAT(deals("A"), ElementsAre("D1", "D2"));
  EXPECT_THAT(deals("B"), ElementsAre("D1", "D2"));
  EXPECT_THAT(deals("C"), ElementsAre("D3"));
  EXPECT_THAT(deals("unknown"), IsEmpty());
}

TEST_F(IdentityTest, PlaceholdersLinkNobody) {
  Append("a", "2025-01-01", With("contact_id: 'NULL' account_id: 'A'", kCall));
  Append("b", "2025-01-01", With("contact_id: 'NULL' account_id: 'B'", kCall));
  Append("own", "2025-01-02", With("contact_id: 'NULL'", kCall));
  EXPECT_THAT(Timelines(), ElementsAre(Pair("A", ElementsAre("a")),
                                       Pair("B", ElementsAre("b")),
                                       Pair("NULL", ElementsAre("own"))));
}

TEST_F(IdentityTest, ALinkOverTheBoundIsInertUntilThereIsRoom) {
  std::vector<v1::Touchpoint> batch;
  for (int i = 0; i < core::kContactLinkedMax; ++i) {
    batch.push_back(
        Tp(absl::StrCat("v", i), "2025-01-01",
           With(absl::StrCat("contact_id: 'C' anonymous_id: 'V", i, "'"),
                kVisit)));
  }
  Append(batch);
  const auto more = [&](const std::string& id, const std::string& visitor) {
    return engine_
        ->Append({Tp(
            id, "2025-01-02",
            With(absl::StrCat("contact_id: 'C' anonymous_id: '", visitor, "'"),
                 kVisit))})
        ->results(0);
  };
  EXPECT_THAT(more("over", "W").inert_links(),
              ElementsAre(v1::SUBJECT_TYPE_VISITOR));
  // Who is linked already may say so again.
  EXPECT_THAT(more("again", "V7").inert_links(), IsEmpty());
  // That others link to it does not bind the contact itself.
  EXPECT_THAT(engine_
                  ->Append({Tp("own", "2025-01-02",
                               With("contact_id: 'C' account_id: 'A'", kCall))})
                  ->results(0)
                  .inert_links(),
              IsEmpty());
  Append("w", "2025-01-03", With("anonymous_id: 'W'", kVisit));
  EXPECT_THAT(Timelines()["W"], ElementsAre("w"));

  const auto want = Journeys();
  Reopen();
  EXPECT_EQ(Journeys(), want);
  EXPECT_THAT(more("over2", "W").inert_links(),
              ElementsAre(v1::SUBJECT_TYPE_VISITOR));
  Retract("v0");
  EXPECT_THAT(more("fits", "W").inert_links(), IsEmpty());
  EXPECT_EQ(Resolve(v1::SUBJECT_TYPE_VISITOR, "W", "2025-01-03").journey().id(),
            "A");
}

class SharedDeviceTest : public RandomIdentityTest {
 protected:
  static v1::Touchpoint Use(int i, const std::string& contact) {
    return Tp(
        absl::StrCat("use", i),
        absl::FormatTime(absl::FromUnixSeconds(1735689600 + i * 60)),
        With(absl::StrCat("contact_id: '", contact, "' anonymous_id: 'KIOSK'"),
             kVisit));
  }
};

TEST_F(SharedDeviceTest, WhatEverybodyUsesBelongsToNobody) {
  std::vector<v1::Touchpoint> batch;
  for (int i = 0; i < core::kSharedLinksMin - 1; ++i) {
    batch.push_back(Use(i, absl::StrCat("P", i % 2)));
  }
  Append(batch);
  Append("alone", "2025-03-01", With("anonymous_id: 'KIOSK'", kVisit));
  EXPECT_EQ(Timelines().count("KIOSK"), 0);
  ExpectDefinition();

  Append({Use(2000, "P2")});
  EXPECT_THAT(Timelines()["KIOSK"], ElementsAre("alone"));
  EXPECT_TRUE(
      Resolve(v1::SUBJECT_TYPE_VISITOR, "KIOSK", "2025-03-01").steps().empty());
  ExpectDefinition();
  const auto shared = Journeys();

  // Further links bind nobody, and say so.
  const auto more = engine_->Append({Use(3000, "P3")});
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_THAT(more->results(0).inert_links(),
              ElementsAre(v1::SUBJECT_TYPE_VISITOR));
  Retract("use3000");
  EXPECT_EQ(Journeys(), shared);

  Retract("use2000");
  EXPECT_EQ(Timelines().count("KIOSK"), 0);
  ExpectDefinition();
}

TEST_F(IdentityTest, AccountsAreMergedUpToABound) {
  std::vector<v1::Touchpoint> batch;
  const auto merge = [](const std::string& id, const std::string& other) {
    // Later than all that a page of the timeline has to show.
    return Tp(
        id, "2025-02-01",
        absl::StrCat("account_id: 'A' account_merge { other_account_id: '",
                     other, "' }"));
  };
  for (int i = 1; i < core::kMergedAccountsMax; ++i) {
    batch.push_back(merge(absl::StrCat("m", i), absl::StrCat("B", i)));
  }
  Append(batch);
  Append("call", "2025-01-02", With("account_id: 'B7'", kCall));
  const auto is_inert = [&](const v1::Touchpoint& touchpoint) {
    const auto response = engine_->Append({touchpoint});
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() && !response->results(0).inert_links().empty();
  };
  EXPECT_TRUE(is_inert(merge("over", "C")));
  EXPECT_FALSE(is_inert(merge("again", "B7")));
  EXPECT_THAT(Timelines(), ElementsAre(Pair("A", ElementsAre("call"))));
  Append("c", "2025-01-02", With("account_id: 'C'", kCall));
  EXPECT_THAT(Timelines()["C"], ElementsAre("c"));

  // It was said twice, so that taking one back changes nothing.
  Retract("m7");
  EXPECT_THAT(Timelines()["A"], ElementsAre("call"));
  EXPECT_TRUE(is_inert(merge("over2", "C")));
  Retract("again");
  EXPECT_THAT(Timelines()["B7"], ElementsAre("call"));
  EXPECT_FALSE(is_inert(merge("fits", "C")));
  EXPECT_THAT(Timelines()["A"], ElementsAre("c"));
  Reopen();
  EXPECT_TRUE(is_inert(merge("over3", "D")));
}

TEST_F(RandomIdentityTest, JourneysAreThoseOfTheDefinitionAtEveryStep) {
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(5 + 2 * i);
    Restart();
    Deliver([&] {
      if (Pick(3) == 0) ExpectDefinition();
    });
    ExpectDefinition();
    ASSERT_FALSE(HasFatalFailure()) << "history " << i;
  }
}

TEST_F(RandomIdentityTest, OrderBatchesAndRebuildDoNotMatter) {
  for (int i = 0; i < kHistories; i += 4) {
    MakeHistory(20 + 4 * i);
    std::string want;
    for (int k = 0; k < kArrivals; ++k) {
      Restart();
      Deliver([] {});
      if (k == 0) want = engine_->Digest();
      ASSERT_EQ(engine_->Digest(), want) << "history " << i;
    }
    engine_.reset();
    std::filesystem::remove_all(dir_->Join("views"));
    Reopen();
    ASSERT_EQ(engine_->Digest(), want) << "history " << i;
  }
}

}  // namespace
}  // namespace journey::testing
