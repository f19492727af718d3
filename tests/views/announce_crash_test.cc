// Whatever the process goes through and in which order the touchpoints arrive:
// the signals in force are those of one undisturbed run, and no announcement is
// lost or doubled.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/support/engine.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

using core::Micros;

// Something that happens while the service runs: touchpoints or a retraction
// arrive, then it has time to announce.
struct Step {
  Micros now = 0;
  std::vector<v1::Touchpoint> touchpoints;
  std::string retracted_id;
};

std::vector<v1::Touchpoint> RandomTouchpoints(std::mt19937& random) {
  RandomHistoryOptions options;
  options.touchpoints = 150;
  options.accounts = 4;
  options.contacts = 4;
  options.deals = 6;
  options.days = 200;
  std::vector<v1::Touchpoint> out = RandomHistory(random, options);
  for (int i = 0; i < 4; ++i) {
    out.push_back(
        Tp(absl::StrCat("merge", i),
           core::FormatInstant(At("2025-01-01") +
                               static_cast<Micros>(random() % 200) *
                                   core::kMicrosPerDay),
           absl::StrCat("account_id: '", out[random() % 50].account_id(),
                        "' account_merge { other_account_id: 'other",
                        random() % 2, "' }")));
    if (out.back().account_id().empty()) out.pop_back();
  }
  return out;
}

// Most touchpoints arrive soon, some late, in order of arrival.
std::vector<Step> RandomSteps(std::mt19937& random,
                              const std::vector<v1::Touchpoint>& touchpoints) {
  std::multimap<Micros, Step> steps;
  for (const v1::Touchpoint& touchpoint : touchpoints) {
    const Micros delay =
        random() % 5 == 0
            ? static_cast<Micros>(random() % 40) * core::kMicrosPerDay
            : core::kMicrosPerSecond;
    Step step;
    step.now = core::ToMicros(touchpoint.occurred_at()) + delay;
    step.touchpoints = {touchpoint};
    steps.emplace(step.now, step);
    if (random() % 20 == 0) {
      step.touchpoints.clear();
      step.retracted_id = touchpoint.touchpoint_id();
      step.now += static_cast<Micros>(random() % 10) * core::kMicrosPerDay;
      steps.emplace(step.now, step);
    }
  }
  std::vector<Step> out;
  for (auto& [now, step] : steps) out.push_back(std::move(step));
  Step end;
  end.now = out.back().now + 500 * core::kMicrosPerDay;
  out.push_back(end);
  return out;
}

// What is compared of a signal in force.
std::string Describe(const v1::Signal& signal) {
  return absl::StrCat(signal.signal_id(), " ", signal.rule_id(), " ",
                      signal.anchor().touchpoint_id(), " ", signal.severity(),
                      " ", signal.journey().id(), " ", signal.deal_id(), " ",
                      signal.owner_id(), " ",
                      core::FormatInstant(core::ToMicros(signal.since())));
}

class AnnounceCrashTest : public ::testing::Test {
 protected:
  struct Result {
    // Those in force, historical or not.
    std::set<std::string> in_force;
    // What was announced of each signal, in order.
    std::map<std::string, std::vector<std::string>> announced;
  };

  static std::unique_ptr<Engine> Open(
      const std::string& directory, int homes_max, Micros now,
      std::shared_ptr<FaultFileSystem> files = nullptr) {
    EngineOptions options;
    options.file_system = std::move(files);
    options.directory = directory;
    options.announced_homes_max = homes_max;
    options.now = now;
    return Engine::Open(std::move(options)).value();
  }

  static void Take(const Step& step, Engine& engine) {
    engine.clock().Set(step.now);
    if (!step.touchpoints.empty()) {
      const auto response = engine.Append(step.touchpoints);
      ASSERT_TRUE(response.ok()) << response.status();
    }
    if (!step.retracted_id.empty()) {
      ASSERT_TRUE(engine.Retract(step.retracted_id).ok());
    }
  }

  static Result ResultOf(Engine& engine) {
    Result out;
    for (const v1::SignalEvent& event : engine.SignalEvents()) {
      auto& history = out.announced[event.signal().signal_id()];
      history.push_back(absl::StrCat(
          v1::SignalChange_Name(event.change()), " ", Describe(event.signal()),
          " at ", core::FormatInstant(core::ToMicros(event.at())),
          event.signal().historical() ? " historical" : ""));
      EXPECT_EQ(event.change() == v1::SIGNAL_CHANGE_RAISED, history.size() == 1)
          << history.back();
    }
    v1::ListSignalsRequest request;
    request.set_tenant_id(Engine::kTenant);
    request.set_include_historical(true);
    const auto rows = AllPages(
        request, 1000,
        [&](const auto& r) { return engine.views().ListSignals(r, Always); },
        [](const auto& r) { return r.signals(); });
    for (const v1::Signal& signal : rows) out.in_force.insert(Describe(signal));
    return out;
  }

  Result Undisturbed(const std::vector<Step>& steps) {
    const TempDir dir;
    auto engine = Open(dir.path(), core::kDueHomesMax, steps.front().now);
    for (const Step& step : steps) {
      // Time passes until then, and the service runs.
      engine->clock().Set(step.now - 1);
      EXPECT_TRUE(engine->Announce().ok());
      Take(step, *engine);
      EXPECT_TRUE(engine->Announce().ok());
    }
    return ResultOf(*engine);
  }

  // The same with crashes: the power is cut between an append and what is to be
  // announced, or in the midst of an append to the signal log, and sometimes
  // the views are lost as well.
  Result Disturbed(const std::vector<Step>& steps, std::mt19937& random) {
    const TempDir dir;
    const auto files =
        std::make_shared<FaultFileSystem>(static_cast<unsigned>(random()));
    auto engine = Open(dir.path(), 1, steps.front().now, files);
    const auto maybe_crash = [&] {
      if (random() % 4 != 0) return;
      const Micros now = engine->clock().Now();
      files->CutPowerAfter(random() % 4, ".log");
      const absl::Status status =
          engine->Announce(static_cast<int>(random() % 3));
      EXPECT_EQ(status.ok(), !files->power_is_cut()) << status;
      if (files->power_is_cut()) ++cut_appends_;
      files->CutPower();
      engine = nullptr;
      files->LoseUnsynced();
      if (random() % 3 == 0) {
        std::filesystem::remove_all(dir.Join("views"));
      }
      engine = Open(dir.path(), 1 + static_cast<int>(random() % 3), now, files);
    };
    for (const Step& step : steps) {
      engine->clock().Set(step.now - 1);
      maybe_crash();
      EXPECT_TRUE(engine->Announce().ok());
      Take(step, *engine);
      maybe_crash();
      EXPECT_TRUE(engine->Announce().ok());
    }
    return ResultOf(*engine);
  }

  // Everything arrives at the end, in any order.
  Result Permuted(const std::vector<Step>& steps, std::mt19937& random) {
    const TempDir dir;
    auto engine = Open(dir.path(), core::kDueHomesMax, steps.back().now);
    std::vector<Step> shuffled = steps;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    for (Step& step : shuffled) {
      step.now = steps.back().now;
      Take(step, *engine);
      if (random() % 3 == 0) {
        EXPECT_TRUE(engine->Announce().ok());
      }
    }
    EXPECT_TRUE(engine->Announce().ok());
    return ResultOf(*engine);
  }

  // Crashes in the midst of an append to the signal log.
  int cut_appends_ = 0;
};

// The first signal of which something else was announced; empty for none.
std::string Difference(
    const std::map<std::string, std::vector<std::string>>& a,
    const std::map<std::string, std::vector<std::string>>& b) {
  for (const auto& [id, history] : a) {
    const auto it = b.find(id);
    if (it == b.end()) return absl::StrCat("only here: ", history[0]);
    if (it->second != history) {
      return absl::StrCat(absl::StrJoin(history, "\n"), "\n\nbut\n\n",
                          absl::StrJoin(it->second, "\n"));
    }
  }
  return a.size() == b.size() ? "" : "more there";
}

TEST_F(AnnounceCrashTest, SameSignalsAndAnnouncements) {
  const unsigned seed = TestSeed(20261123);
  std::mt19937 random(seed);
  size_t announced = 0;
  for (int round = 0; round < 3; ++round) {
    const auto steps = RandomSteps(random, RandomTouchpoints(random));
    const Result expected = Undisturbed(steps);
    announced += expected.announced.size();
    const Result crashed = Disturbed(steps, random);
    EXPECT_EQ(crashed.in_force, expected.in_force)
        << "seed " << seed << " round " << round;
    EXPECT_EQ(Difference(crashed.announced, expected.announced), "")
        << "seed " << seed << " round " << round;
    EXPECT_EQ(Permuted(steps, random).in_force, expected.in_force)
        << "seed " << seed << " round " << round;
    if (HasFailure()) return;
  }
  EXPECT_GT(announced, 150U) << "seed " << seed;
  EXPECT_GT(cut_appends_, 10) << "seed " << seed;
}

}  // namespace
}  // namespace journey::testing
