#include "cli/delivery/delivery_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using cli::DeliveryBounds;
using cli::DeliveryProgress;
using cli::DeliveryQueue;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kStart = absl::Seconds(1000);

absl::Duration At(int seconds) { return kStart + absl::Seconds(seconds); }

// The position that is taken; 0 where none is due.
int64_t TakeAt(DeliveryQueue& queue, int seconds) {
  const auto attempt = queue.Take(At(seconds));
  return attempt.has_value() ? attempt->event->position : 0;
}

class DeliveryQueueTest : public ::testing::Test {
 protected:
  DeliveryQueue queue_{DeliveryBounds(), DeliveryProgress()};
};

TEST_F(DeliveryQueueTest, EventsOfOneSignalGoOneAfterTheOther) {
  queue_.Add({1, "a", ""}, At(0));
  queue_.Add({2, "a", ""}, At(0));
  queue_.Add({3, "b", ""}, At(0));
  EXPECT_EQ(TakeAt(queue_, 0), 1);
  EXPECT_EQ(TakeAt(queue_, 0), 3);
  EXPECT_EQ(TakeAt(queue_, 0), 0);
  queue_.Done(1, At(0));
  EXPECT_EQ(TakeAt(queue_, 0), 2);
}

TEST_F(DeliveryQueueTest, AFailingEventHoldsBackItsOwnSignalOnly) {
  queue_.Add({1, "a", ""}, At(0));
  queue_.Add({2, "a", ""}, At(0));
  queue_.Add({3, "b", ""}, At(0));
  EXPECT_EQ(TakeAt(queue_, 0), 1);
  queue_.Retry(1, At(60));
  EXPECT_EQ(TakeAt(queue_, 0), 3);
  queue_.Done(3, At(0));
  EXPECT_EQ(TakeAt(queue_, 59), 0);
  EXPECT_EQ(queue_.next_due(), At(60));
  const auto attempt = queue_.Take(At(61));
  ASSERT_TRUE(attempt.has_value());
  EXPECT_EQ(attempt->event->position, 1);
  EXPECT_EQ(attempt->attempts.made, 2);
  EXPECT_EQ(attempt->attempts.first_at, At(0));
}

// With new events all the time, one that was due before them is not forgotten.
TEST_F(DeliveryQueueTest, WhatIsDueLongestGoesFirst) {
  queue_.Add({1, "a", ""}, At(0));
  EXPECT_EQ(TakeAt(queue_, 0), 1);
  queue_.Retry(1, At(2));
  queue_.Add({2, "b", ""}, At(3));
  EXPECT_EQ(TakeAt(queue_, 3), 1);
}

TEST_F(DeliveryQueueTest, NothingIsDueWhileAllIsUnderWay) {
  queue_.Add({1, "a", ""}, At(0));
  EXPECT_EQ(TakeAt(queue_, 0), 1);
  EXPECT_EQ(queue_.next_due(), std::nullopt);
}

TEST_F(DeliveryQueueTest, ProgressIsWhatWasSeenAndWhatIsOpen) {
  queue_.Add({1, "a", ""}, At(0));
  queue_.Add({4, "b", ""}, At(0));
  queue_.Add({6, "c", ""}, At(0));
  queue_.Seen(9);
  EXPECT_EQ(TakeAt(queue_, 0), 1);
  EXPECT_EQ(TakeAt(queue_, 0), 4);
  queue_.Done(4, At(0));
  EXPECT_EQ(queue_.progress().seen, 9);
  EXPECT_THAT(queue_.progress().open, ElementsAre(1, 6));
  EXPECT_EQ(queue_.progress().resume_after(), 0);
  queue_.Done(1, At(0));
  EXPECT_EQ(queue_.progress().resume_after(), 5);
}

TEST(RestoredDeliveryQueueTest, WantsWhatWasOpenAndWhatIsNew) {
  DeliveryQueue queue(DeliveryBounds(), {10, {4, 7}});
  EXPECT_EQ(queue.progress().resume_after(), 3);
  EXPECT_TRUE(queue.Wants(4));
  EXPECT_FALSE(queue.Wants(5));
  EXPECT_TRUE(queue.Wants(7));
  EXPECT_FALSE(queue.Wants(10));
  EXPECT_TRUE(queue.Wants(11));
  queue.Add({4, "a", ""}, At(0));
  EXPECT_THAT(queue.progress().open, ElementsAre(4, 7));
  EXPECT_EQ(queue.progress().seen, 10);
}

// Another filter than before may hide what was open; it will never come.
TEST(RestoredDeliveryQueueTest, WhatDoesNotComeAgainIsNoLongerOpen) {
  DeliveryQueue queue(DeliveryBounds(), {10, {4, 7, 9}});
  queue.Add({7, "a", ""}, At(0));
  EXPECT_THAT(queue.progress().open, ElementsAre(7, 9));
  queue.Seen(10);
  EXPECT_THAT(queue.progress().open, ElementsAre(7));
}

TEST(BoundedDeliveryQueueTest, IsFullByEventsOrByBytes) {
  DeliveryBounds bounds;
  bounds.events_max = 2;
  bounds.bytes_max = 10;
  DeliveryQueue queue(bounds, DeliveryProgress());
  queue.Add({1, "a", "1"}, At(0));
  EXPECT_FALSE(queue.full());
  queue.Add({2, "b", "1"}, At(0));
  EXPECT_TRUE(queue.full());
  EXPECT_EQ(TakeAt(queue, 0), 1);
  queue.Done(1, At(0));
  EXPECT_FALSE(queue.full());
  EXPECT_EQ(TakeAt(queue, 0), 2);
  queue.Done(2, At(0));
  queue.Add({3, "a", "0123456789"}, At(0));
  EXPECT_TRUE(queue.full());
}

// One run of a receiver that fails at random, ended at random: what it
// delivered is added to `delivered`.
DeliveryProgress RunAtRandom(
    const std::vector<std::string>& log, const DeliveryProgress& start,
    std::mt19937& random,
    std::map<std::string, std::vector<int64_t>>& delivered) {
  DeliveryBounds bounds;
  bounds.events_max = 5;
  DeliveryQueue queue(bounds, start);
  size_t read = static_cast<size_t>(start.resume_after());
  std::vector<DeliveryQueue::Attempt> under_way;
  const size_t steps = random() % 60;
  for (size_t step = 0; step < steps; ++step) {
    const absl::Duration now = At(static_cast<int>(step));
    const auto position = static_cast<int64_t>(read + 1);
    if (random() % 2 == 0 && read < log.size() && !queue.full()) {
      if (queue.Wants(position)) queue.Add({position, log[read], ""}, now);
      queue.Seen(position);
      ++read;
    } else if (random() % 2 == 0) {
      const auto attempt = queue.Take(now);
      if (attempt.has_value()) under_way.push_back(*attempt);
    } else if (!under_way.empty()) {
      const size_t i = random() % under_way.size();
      const cli::OutboundEvent& event = *under_way[i].event;
      if (random() % 3 == 0) {
        queue.Retry(event.position, now + absl::Seconds(random() % 5));
      } else {
        delivered[event.signal_id].push_back(event.position);
        queue.Done(event.position, now);
      }
      under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(i));
    }
    EXPECT_LE(queue.size(), 5u);
  }
  return queue.progress();
}

TEST(RandomDeliveryQueueTest, OverManyRunsEachIsDeliveredOnceAndInOrder) {
  std::mt19937 random(TestSeed(20251));
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> log;
    std::map<std::string, std::vector<int64_t>> expected;
    for (int64_t position = 1; position <= 40; ++position) {
      log.push_back(absl::StrCat("s", random() % 6));
      expected[log.back()].push_back(position);
    }
    std::map<std::string, std::vector<int64_t>> delivered;
    DeliveryProgress progress;
    for (int run = 0;
         run < 1000 && (progress.seen < 40 || !progress.open.empty()); ++run) {
      progress = RunAtRandom(log, progress, random, delivered);
    }
    ASSERT_EQ(delivered, expected) << "round " << round;
    ASSERT_THAT(progress.open, IsEmpty());
  }
}

}  // namespace
}  // namespace journey::testing
