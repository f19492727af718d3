#include "service/log/files.h"

#include <gtest/gtest.h>

#include "service/core/errors.h"

namespace journey::log {
namespace {

TEST(FromRocksDbTest, TellsDamageFromFailureAndClaimsNoWrite) {
  const struct {
    const char* desc;
    rocksdb::Status status;
    absl::StatusCode code;
    v1::ErrorReason reason;
  } cases[] = {
      {"OK", rocksdb::Status::OK(), absl::StatusCode::kOk,
       v1::ERROR_REASON_UNSPECIFIED},
      {"corruption", rocksdb::Status::Corruption("x"),
       absl::StatusCode::kDataLoss, v1::ERROR_REASON_DATA_DAMAGED},
      {"failed read", rocksdb::Status::IOError("x"),
       absl::StatusCode::kUnavailable, v1::ERROR_REASON_STORAGE_UNAVAILABLE},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.desc);
    const absl::Status status = FromRocksDb(c.status, "reading");
    EXPECT_EQ(status.code(), c.code);
    EXPECT_EQ(core::ReasonOf(status), c.reason);
  }
}

}  // namespace
}  // namespace journey::log
