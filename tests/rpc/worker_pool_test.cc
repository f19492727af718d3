#include "service/rpc/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>

namespace journey::rpc {
namespace {

TEST(WorkerPoolTest, RefusesWhenTooManyWaitAndRunsTheRest) {
  std::promise<void> running;
  std::promise<void> go_on;
  std::promise<void> second;
  std::atomic<int> ran{0};
  {
    WorkerPool pool(1, 1);
    ASSERT_TRUE(pool.TrySubmit([&] {
      running.set_value();
      go_on.get_future().wait();
      ++ran;
    }));
    running.get_future().wait();
    EXPECT_TRUE(pool.TrySubmit([&] {
      ++ran;
      second.set_value();
    }));
    EXPECT_FALSE(pool.TrySubmit([&] { ++ran; }));
    go_on.set_value();
    second.get_future().wait();
  }
  EXPECT_EQ(ran, 2);
}

TEST(WorkerPoolTest, DestructionDropsWhatWaitsAndRefusesMore) {
  std::promise<void> running;
  std::promise<void> dropped;
  std::atomic<bool> ran_waiting{false};
  bool taken = true;
  bool tried = true;
  {
    // Tells when the waiting task is destroyed, which is after the
    // destruction of the pool began.
    const auto tell = [&dropped](int* value) {
      delete value;
      dropped.set_value();
    };
    WorkerPool pool(1, 10);
    ASSERT_TRUE(pool.Submit([&] {
      running.set_value();
      EXPECT_EQ(dropped.get_future().wait_for(std::chrono::seconds(10)),
                std::future_status::ready);
      taken = pool.Submit([] {});
      tried = pool.TrySubmit([] {});
    }));
    running.get_future().wait();
    ASSERT_TRUE(
        pool.Submit([&, token = std::shared_ptr<int>(new int(0), tell)] {
          ran_waiting = true;
        }));
  }
  EXPECT_FALSE(ran_waiting);
  EXPECT_FALSE(taken);
  EXPECT_FALSE(tried);
}

}  // namespace
}  // namespace journey::rpc
