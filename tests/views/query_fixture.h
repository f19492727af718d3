// An engine with a random history, and questions to it.
#ifndef TESTS_VIEWS_QUERY_FIXTURE_H_
#define TESTS_VIEWS_QUERY_FIXTURE_H_

#include <memory>
#include <optional>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "service/core/clock.h"
#include "service/core/time.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {

template <typename Request>
Request RequestAt(std::optional<core::Micros> as_of) {
  Request request;
  request.set_tenant_id(Engine::kTenant);
  if (as_of.has_value()) {
    *request.mutable_as_of() = core::ToTimestamp(*as_of);
  }
  return request;
}

inline absl::Status Always() { return absl::OkStatus(); }

// Follows the pages of a list; each page is asked to hold `page_size` rows.
template <typename Request, typename Ask, typename Rows>
auto AllPages(Request request, int page_size, const Ask& ask,
              const Rows& rows) {
  request.set_page_size(page_size);
  std::decay_t<decltype(rows(*ask(request)))> out;
  while (true) {
    const auto response = ask(request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return out;
    EXPECT_LE(rows(*response).size(), page_size);
    out.MergeFrom(rows(*response));
    if (response->next_page_token().empty()) return out;
    request.set_page_token(response->next_page_token());
  }
}

class QueryTest : public ::testing::Test {
 protected:
  QueryTest() {
    auto engine = Engine::Open({dir_.path()});
    EXPECT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
    RandomHistoryOptions options;
    options.touchpoints = 400;
    options.accounts = 6;
    options.contacts = 5;
    options.deals = 20;
    history_ = RandomHistory(random_, options);
    for (const v1::Touchpoint& touchpoint : history_) {
      EXPECT_TRUE(engine_->Append({touchpoint}).ok());
    }
  }

  std::vector<v1::Journey> AllJourneys(const v1::ListJourneysRequest& request,
                                       int page_size = 3) {
    const auto rows = AllPages(
        request, page_size,
        [&](const auto& r) { return engine_->views().ListJourneys(r, Always); },
        [](const auto& r) { return r.journeys(); });
    return {rows.begin(), rows.end()};
  }

  std::vector<v1::Journey> JourneysAt(std::optional<core::Micros> as_of) {
    return AllJourneys(RequestAt<v1::ListJourneysRequest>(as_of));
  }

  std::vector<v1::Deal> DealsAt(std::optional<core::Micros> as_of) {
    const auto rows = AllPages(
        RequestAt<v1::ListDealsRequest>(as_of), 4,
        [&](const auto& r) { return engine_->views().ListDeals(r, Always); },
        [](const auto& r) { return r.deals(); });
    return {rows.begin(), rows.end()};
  }

  TempDir dir_;
  std::mt19937 random_{TestSeed(7)};
  std::unique_ptr<Engine> engine_;
  std::vector<v1::Touchpoint> history_;
};

}  // namespace journey::testing

#endif  // TESTS_VIEWS_QUERY_FIXTURE_H_
