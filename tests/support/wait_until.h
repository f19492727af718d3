// Waiting for what other threads do.
#ifndef TESTS_SUPPORT_WAIT_UNTIL_H_
#define TESTS_SUPPORT_WAIT_UNTIL_H_

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace journey::testing {

// Waits until `condition()` is true. Fails, and says so, once `patience` is
// over.
template <typename Condition>
::testing::AssertionResult WaitUntil(const Condition& condition,
                                     std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return ::testing::AssertionFailure()
             << "waited in vain for " << patience.count() << " ms";
    }
    std::this_thread::yield();
  }
  return ::testing::AssertionSuccess();
}

}  // namespace journey::testing

#endif  // TESTS_SUPPORT_WAIT_UNTIL_H_
