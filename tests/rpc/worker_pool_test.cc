#include "service/rpc/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace journey::rpc {
namespace {

TEST(WorkerPoolTest, RefusesWhenTooManyWaitAndRunsTheRest) {
  std::promise<void> running;
  std::promise<void> go_on;
  std::atomic<int> ran{0};
  {
    WorkerPool pool(1, 1);
    ASSERT_TRUE(pool.TrySubmit([&] {
      running.set_value();
      go_on.get_future().wait();
      ++ran;
    }));
    running.get_future().wait();
    EXPECT_TRUE(pool.TrySubmit([&] { ++ran; }));
    EXPECT_FALSE(pool.TrySubmit([&] { ++ran; }));
    go_on.set_value();
  }
  EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace journey::rpc
