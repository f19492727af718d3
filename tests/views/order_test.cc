// What is concluded is a function of the set of accepted events: any order of
// arrival, repetition and batching gives the same, and so does a rebuild.
#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr int kHistories = 12;
constexpr int kArrivalsPerHistory = 4;
constexpr int kClosedDeals = 60;

// One thing that arrives: a batch of touchpoints or a retraction.
struct Arrival {
  std::vector<v1::Touchpoint> touchpoints;
  std::string retracted_id;
};

// The events in some order, in batches of some sizes, with repeats.
std::vector<Arrival> Shuffle(std::mt19937& random,
                             std::vector<v1::Touchpoint> touchpoints,
                             const std::vector<std::string>& retracted_ids) {
  const auto pick = [&](int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random);
  };
  std::shuffle(touchpoints.begin(), touchpoints.end(), random);
  std::vector<Arrival> out;
  for (size_t i = 0; i < touchpoints.size();) {
    Arrival arrival;
    const size_t size = 1 + static_cast<size_t>(pick(20));
    for (; i < touchpoints.size() && arrival.touchpoints.size() < size; ++i) {
      arrival.touchpoints.push_back(touchpoints[i]);
      if (pick(5) == 0) {
        arrival.touchpoints.push_back(
            touchpoints[static_cast<size_t>(pick(static_cast<int>(i) + 1))]);
      }
    }
    out.push_back(std::move(arrival));
  }
  for (const std::string& id : retracted_ids) {
    out.insert(out.begin() + pick(static_cast<int>(out.size()) + 1),
               Arrival{{}, id});
  }
  return out;
}

void Deliver(const std::vector<Arrival>& arrivals, Engine& engine) {
  for (const Arrival& arrival : arrivals) {
    const auto response = arrival.retracted_id.empty()
                              ? engine.Append(arrival.touchpoints)
                              : engine.Retract(arrival.retracted_id);
    ASSERT_TRUE(response.ok()) << response.status();
  }
}

std::unique_ptr<Engine> OpenEngine(const std::string& directory) {
  auto engine = Engine::Open({directory});
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

class OrderTest : public ::testing::Test {
 protected:
  // A random history, of which some touchpoints are retracted.
  void MakeHistory(int index) {
    RandomHistoryOptions options;
    options.touchpoints = 60 + 30 * index;
    options.days = 10 + 15 * index;
    options.deals = 5 + 3 * index;
    history_ = RandomHistory(random_, options);
    retracted_ids_.clear();
    for (const v1::Touchpoint& touchpoint : history_) {
      if (std::uniform_int_distribution<int>(0, 9)(random_) == 0) {
        retracted_ids_.push_back(touchpoint.touchpoint_id());
      }
    }
  }

  std::mt19937 random_{TestSeed(20261122)};
  std::vector<v1::Touchpoint> history_;
  std::vector<std::string> retracted_ids_;
};

TEST_F(OrderTest, ArrivalRepetitionAndBatchingDoNotMatter) {
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(i);
    std::string want;
    for (int k = 0; k < kArrivalsPerHistory; ++k) {
      TempDir dir;
      auto engine = OpenEngine(dir.path());
      Deliver(Shuffle(random_, history_, retracted_ids_), *engine);
      if (k == 0) want = engine->Digest();
      ASSERT_EQ(engine->Digest(), want) << "history " << i;
    }
  }
}

// Deals that are opened and closed one after the other, some of them again much
// later, and touchpoints without a deal.
std::vector<v1::Touchpoint> ManyClosedDeals(std::mt19937& random) {
  const auto pick = [&](int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random);
  };
  std::vector<v1::Touchpoint> out;
  const auto add = [&](const std::string& fields) {
    const auto hours = static_cast<int64_t>(out.size()) / 2;
    out.push_back(Tp(absl::StrCat("t", out.size()),
                     core::FormatInstant(At("2025-01-01") +
                                         hours * 3600 * core::kMicrosPerSecond),
                     absl::StrCat("account_id: 'A' ", fields)));
  };
  const auto change = [&](int deal, const char* action) {
    add(absl::StrCat("deal_id: 'D", deal, "' deal { action: ACTION_", action,
                     " }"));
  };
  for (int deal = 0; deal < kClosedDeals; ++deal) {
    change(deal, "OPENED");
    if (pick(3) == 0) add("call { outcome: OUTCOME_CONNECTED }");
    change(deal, pick(2) == 0 ? "WON" : "LOST");
    const int other = pick(deal + 1);
    if (pick(4) == 0) change(other, "REOPENED");
    if (pick(4) == 0) change(other, "UPDATED");
    if (pick(3) == 0) add("email { action: ACTION_REPLIED }");
    if (pick(2) == 0) change(other, "WON");
  }
  return out;
}

// A deal then, in serialised form, or what went wrong.
std::string DealThen(Engine& engine, const std::string& deal_id,
                     core::Micros as_of, bool from_first_touchpoint) {
  v1::GetDealRequest request;
  request.set_tenant_id(Engine::kTenant);
  request.set_deal_id(deal_id);
  *request.mutable_as_of() = core::ToTimestamp(as_of);
  if (from_first_touchpoint) {
    *request.mutable_known_at() = core::ToTimestamp(engine.clock().Now() - 1);
  }
  const auto response =
      engine.views().GetDeal(request, [] { return absl::OkStatus(); });
  return response.ok() ? response->deal().SerializeAsString()
                       : response.status().ToString();
}

// Snapshots have of closed deals only what has changed.
TEST_F(OrderTest, LateTouchpointsFindDealsThatWereClosedLongBefore) {
  const auto pick = [&](size_t end) {
    return std::uniform_int_distribution<size_t>(0, end - 1)(random_);
  };
  for (int i = 0; i < kHistories; ++i) {
    std::vector<v1::Touchpoint> kept = ManyClosedDeals(random_);
    std::vector<v1::Touchpoint> in_time;
    std::vector<v1::Touchpoint> late;
    for (const v1::Touchpoint& touchpoint : kept) {
      (pick(20) == 0 ? late : in_time).push_back(touchpoint);
    }
    TempDir dir;
    auto engine = OpenEngine(dir.path());
    for (const v1::Touchpoint& touchpoint : in_time) {
      ASSERT_TRUE(engine->Append({touchpoint}).ok());
    }
    Deliver(Shuffle(random_, late, {}), *engine);
    for (int k = 0; k < 3; ++k) {
      const auto wrong =
          kept.begin() + static_cast<std::ptrdiff_t>(pick(kept.size()));
      ASSERT_TRUE(engine->Retract(wrong->touchpoint_id()).ok());
      kept.erase(wrong);
    }
    engine->clock().Advance(core::kMicrosPerSecond);
    for (int deal = 0; deal < kClosedDeals; deal += 7) {
      const std::string id = absl::StrCat("D", deal);
      const core::Micros then =
          core::ToMicros(kept[pick(kept.size())].occurred_at());
      ASSERT_EQ(DealThen(*engine, id, then, false),
                DealThen(*engine, id, then, true))
          << id << ", history " << i;
    }
    TempDir other_dir;
    auto other = OpenEngine(other_dir.path());
    other->clock().Advance(core::kMicrosPerSecond);
    ASSERT_TRUE(other->Append(kept).ok());
    ASSERT_EQ(engine->Digest(), other->Digest()) << "history " << i;
  }
}

TEST_F(OrderTest, RetractedTouchpointsLeaveNoTrace) {
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(i);
    TempDir dir;
    auto engine = OpenEngine(dir.path());
    Deliver(Shuffle(random_, history_, retracted_ids_), *engine);

    std::vector<v1::Touchpoint> kept;
    for (const v1::Touchpoint& touchpoint : history_) {
      if (std::count(retracted_ids_.begin(), retracted_ids_.end(),
                     touchpoint.touchpoint_id()) == 0) {
        kept.push_back(touchpoint);
      }
    }
    TempDir other_dir;
    auto other = OpenEngine(other_dir.path());
    Deliver(Shuffle(random_, kept, {}), *other);
    ASSERT_EQ(engine->Digest(), other->Digest()) << "history " << i;
  }
}

TEST_F(OrderTest, RebuiltViewsConcludeTheSame) {
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(i);
    TempDir dir;
    auto engine = OpenEngine(dir.path());
    Deliver(Shuffle(random_, history_, retracted_ids_), *engine);
    const std::string want = engine->Digest();
    const int64_t count = engine->views().event_count();
    engine.reset();
    std::filesystem::remove_all(dir.Join("views"));
    engine = OpenEngine(dir.path());
    ASSERT_EQ(engine->Digest(), want) << "history " << i;
    EXPECT_EQ(engine->views().event_count(), count);
  }
}

TEST_F(OrderTest, RestartInTheMiddleDoesNotMatter) {
  MakeHistory(kHistories);
  const std::vector<Arrival> arrivals =
      Shuffle(random_, history_, retracted_ids_);
  TempDir dir;
  TempDir other_dir;
  auto undisturbed = OpenEngine(other_dir.path());
  Deliver(arrivals, *undisturbed);
  for (const Arrival& arrival : arrivals) {
    auto engine = OpenEngine(dir.path());
    Deliver({arrival}, *engine);
    if (&arrival == &arrivals[arrivals.size() / 2]) {
      ASSERT_TRUE(engine->views().Close().ok());
    }
  }
  EXPECT_EQ(OpenEngine(dir.path())->Digest(), undisturbed->Digest());
}

}  // namespace
}  // namespace journey::testing
