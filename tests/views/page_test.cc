// Pages of lists and the tokens that lead from one to the next.
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

using PageTest = QueryTest;

TEST_F(PageTest, TokenOfAnotherRequestIsRefused) {
  auto request = RequestAt<v1::ListDealsRequest>(std::nullopt);
  request.set_page_size(1);
  const auto page = engine_->views().ListDeals(request, Always);
  ASSERT_TRUE(page.ok());
  request.set_page_token(page->next_page_token());
  request.set_status(v1::DEAL_STATUS_WON);
  const auto refused = engine_->views().ListDeals(request, Always);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  request.set_page_token("nonsense!");
  EXPECT_EQ(
      core::ReasonOf(engine_->views().ListDeals(request, Always).status()),
      v1::ERROR_REASON_VALIDATION_FAILED);
}

TEST_F(PageTest, ForgedTokenSeesNothingButItsOwnList) {
  // What a client can compute for itself, with another place in it.
  const auto forge = [](const std::string& token, const std::string& last_key,
                        int64_t now) {
    std::string bytes;
    storage::v1::PageToken forged;
    EXPECT_TRUE(absl::WebSafeBase64Unescape(token, &bytes));
    EXPECT_TRUE(forged.ParseFromString(bytes));
    forged.set_last_key(last_key);
    forged.set_now_us(now);
    return absl::WebSafeBase64Escape(forged.SerializeAsString());
  };
  auto stalls = RequestAt<v1::ListStalledDealsRequest>(At("2026-06-01"));
  auto journeys = RequestAt<v1::ListJourneysRequest>(At("2026-06-01"));
  stalls.set_page_size(1);
  journeys.set_page_size(1);
  const std::string stalls_token =
      engine_->views().ListStalledDeals(stalls, Always)->next_page_token();
  const std::string journeys_token =
      engine_->views().ListJourneys(journeys, Always)->next_page_token();
  for (const std::string last_key : {"", "A", "\xff\xff", "\x01"}) {
    stalls.set_page_token(forge(stalls_token, last_key, 1));
    journeys.set_page_token(forge(journeys_token, last_key, 1));
    EXPECT_TRUE(engine_->views().ListStalledDeals(stalls, Always).ok());
    EXPECT_TRUE(engine_->views().ListJourneys(journeys, Always).ok());
  }
  journeys.set_page_token(forge(journeys_token, "A", core::kNever));
  EXPECT_EQ(
      core::ReasonOf(engine_->views().ListJourneys(journeys, Always).status()),
      v1::ERROR_REASON_VALIDATION_FAILED);
}

TEST_F(PageTest, PageIsRefusedOnceItsInstantHasBecomePast) {
  auto request = RequestAt<v1::ListJourneysRequest>(At("2025-12-01"));
  request.set_stage_id("opportunity");
  request.set_page_size(1);
  const auto page = engine_->views().ListJourneys(request, Always);
  ASSERT_TRUE(page.ok());
  ASSERT_NE(page->next_page_token(), "");
  request.set_page_token(page->next_page_token());
  ASSERT_TRUE(engine_->views().ListJourneys(request, Always).ok());
  ASSERT_TRUE(
      engine_
          ->Append({Tp("late", "2025-12-02", "account_id: 'A0' site_visit {}")})
          .ok());
  EXPECT_EQ(engine_->views().ListJourneys(request, Always).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(PageTest, PageEndsBeforeItsMessageGetsLarge) {
  std::vector<v1::Touchpoint> big;
  for (int i = 0; i < 60; ++i) {
    v1::Touchpoint touchpoint = Tp(absl::StrCat("big", i), "2025-01-01",
                                   "account_id: 'BIG' custom { type: 'x' }");
    (*touchpoint.mutable_attributes()->mutable_fields())["text"]
        .set_string_value(std::string(60'000, 'x'));
    big.push_back(touchpoint);
  }
  ASSERT_TRUE(engine_->Append(big).ok());
  v1::GetTimelineRequest request;
  request.set_without_changes(true);
  request.set_tenant_id(Engine::kTenant);
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id("BIG");
  int entries = 0;
  while (true) {
    const auto page = engine_->views().GetTimeline(request, Always);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->ByteSizeLong(), core::kReadMessageBytesMax + 70'000);
    entries += page->entries_size();
    if (page->next_page_token().empty()) break;
    request.set_page_token(page->next_page_token());
  }
  EXPECT_EQ(entries, 60);
}

}  // namespace
}  // namespace journey::testing
