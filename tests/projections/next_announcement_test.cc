// When something is to be announced next.
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/signal/announce.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::Micros;
using projections::Announcement;
using projections::SignalHolder;
using projections::SignalInterval;
using projections::SignalIntervals;
using storage::v1::AnnouncedSignals;

SignalHolder Of(const std::string& owner_id) { return {owner_id, {}}; }

SignalInterval Interval(const std::string& name, Micros since, Micros until,
                        Micros critical_since = core::kNever) {
  SignalInterval out;
  out.rule_id = name;
  out.since = since;
  out.until = until;
  out.critical_since = critical_since;
  out.severity = v1::SIGNAL_SEVERITY_WARNING;
  return out;
}

// Does what the announcements say.
void Apply(const std::vector<Announcement>& announcements, Micros at,
           AnnouncedSignals& announced) {
  AnnouncedSignals after;
  std::set<std::string> changed;
  for (const Announcement& each : announcements) {
    if (each.before != nullptr) changed.insert(each.before->rule_id());
  }
  for (const auto& signal : announced.in_force()) {
    if (changed.count(signal.rule_id()) == 0) *after.add_in_force() = signal;
  }
  for (const Announcement& each : announcements) {
    if (each.interval == nullptr) continue;
    auto* signal = after.add_in_force();
    signal->set_rule_id(each.interval->rule_id);
    signal->set_severity(each.interval->SeverityAt(at));
    signal->set_owner_id("anna");
    signal->set_since_us(each.interval->since);
  }
  announced = after;
}

TEST(NextAnnouncementTest, NothingIsAnnouncedTwice) {
  const SignalIntervals intervals = {Interval("a", 10, 20)};
  AnnouncedSignals announced;
  EXPECT_EQ(projections::NextAnnouncement(intervals, announced, Of("anna"), 0),
            10);
  EXPECT_EQ(projections::NextAnnouncement(intervals, announced, Of("anna"), 15),
            15);
  EXPECT_EQ(projections::NextAnnouncement(intervals, announced, Of("anna"), 20),
            core::kNever);
  Apply(projections::AnnouncementsAt(intervals, announced, Of("anna"), 10), 10,
        announced);
  EXPECT_EQ(projections::NextAnnouncement(intervals, announced, Of("anna"), 10),
            20);
  // Somebody else is responsible now.
  EXPECT_EQ(projections::NextAnnouncement(intervals, announced, Of("bert"), 12),
            12);
  Apply(projections::AnnouncementsAt(intervals, announced, Of("anna"), 20), 20,
        announced);
  EXPECT_EQ(announced.in_force_size(), 0);
}

TEST(NextAnnouncementTest, SnoozeEndsOnce) {
  const SignalIntervals intervals = {Interval("a", 10, core::kNever)};
  AnnouncedSignals announced;
  Apply(projections::AnnouncementsAt(intervals, announced, Of("anna"), 10), 10,
        announced);
  announced.mutable_in_force(0)->set_snoozed_until_us(30);
  EXPECT_EQ(projections::NextAnnouncement(intervals, announced, Of("anna"), 10),
            30);
  const auto due =
      projections::AnnouncementsAt(intervals, announced, Of("anna"), 30);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_TRUE(due[0].snooze_ended);
}

// Going from one announcement to the next says at every instant what looking
// at every instant would.
TEST(NextAnnouncementTest, SkipsNoInstant) {
  const int seed = TestSeed(41);
  std::mt19937 random(seed);
  constexpr Micros kEnd = 60;
  for (int round = 0; round < 500; ++round) {
    SignalIntervals intervals;
    for (int i = 0; i < 6; ++i) {
      const auto since = static_cast<Micros>(random() % kEnd);
      const Micros until = random() % 3 == 0
                               ? core::kNever
                               : since + static_cast<Micros>(random() % 20);
      const Micros critical = random() % 2 == 0
                                  ? core::kNever
                                  : since + static_cast<Micros>(random() % 20);
      intervals.push_back(
          Interval(absl::StrCat("r", random() % 3), since, until, critical));
    }
    AnnouncedSignals stepping;
    AnnouncedSignals skipping;
    Micros next =
        projections::NextAnnouncement(intervals, skipping, Of("anna"), 0);
    for (Micros now = 0; now < kEnd; ++now) {
      Apply(projections::AnnouncementsAt(intervals, stepping, Of("anna"), now),
            now, stepping);
      while (next <= now) {
        Apply(
            projections::AnnouncementsAt(intervals, skipping, Of("anna"), next),
            next, skipping);
        next = projections::NextAnnouncement(intervals, skipping, Of("anna"),
                                             next);
      }
      ASSERT_EQ(stepping.DebugString(), skipping.DebugString())
          << "seed " << seed << " round " << round << " at " << now;
    }
  }
}

}  // namespace
}  // namespace journey::testing
