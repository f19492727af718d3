#include "service/rpc/stream_registry.h"

#include <gtest/gtest.h>

#include "service/core/errors.h"

namespace journey::rpc {
namespace {

class FakeStream final : public Drainable {
 public:
  void EndForShutdown() override {}
};

TEST(StreamRegistryTest, ReadersAndAppendersHaveBoundsOfTheirOwn) {
  StreamRegistry registry(1, 2);
  const auto reader = std::make_shared<FakeStream>();
  const auto first = std::make_shared<FakeStream>();
  const auto second = std::make_shared<FakeStream>();
  const auto third = std::make_shared<FakeStream>();
  EXPECT_TRUE(registry.Add(reader, /*is_reader=*/true).ok());
  EXPECT_TRUE(registry.Add(first, /*is_reader=*/false).ok());
  EXPECT_TRUE(registry.Add(second, /*is_reader=*/false).ok());
  const absl::Status refused = registry.Add(third, /*is_reader=*/false);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_OVERLOADED);
  // A stream that was refused is not counted out.
  registry.Remove(third.get());
  EXPECT_FALSE(registry.Add(third, /*is_reader=*/false).ok());
  EXPECT_FALSE(registry.Add(third, /*is_reader=*/true).ok());
  registry.Remove(first.get());
  EXPECT_TRUE(registry.Add(third, /*is_reader=*/false).ok());
}

}  // namespace
}  // namespace journey::rpc
