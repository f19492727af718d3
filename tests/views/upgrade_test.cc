// What an older version accepted without understanding it gets its meaning when
// a newer one makes the views anew.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "service/core/touchpoint.h"
#include "service/log/codec.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/other_version.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

// Knows no payload at all.
void MakeOlder(google::protobuf::FileDescriptorProto& file) {
  auto& touchpoint = MessageOf(file, "Touchpoint");
  auto& fields = *touchpoint.mutable_field();
  for (auto it = fields.begin(); it != fields.end();) {
    it = it->has_oneof_index() ? fields.erase(it) : it + 1;
  }
  touchpoint.clear_oneof_decl();
}

// The log as the older version leaves it: one group.
void WriteLog(const std::string& directory,
              const std::vector<v1::Touchpoint>& touchpoints) {
  OtherVersion older(MakeOlder);
  log::CommitGroup group;
  group.number = 1;
  log::TenantEvents& tenant = group.tenants.emplace_back();
  tenant.tenant_id = Engine::kTenant;
  tenant.first_position = 1;
  tenant.events.resize(touchpoints.size());
  std::vector<std::string> values;
  for (const v1::Touchpoint& touchpoint : touchpoints) {
    storage::v1::LogRecord record;
    record.set_received_at_us(ManualClock::kStart);
    record.set_touchpoint(
        BytesOf(*older.FromBytes(core::Serialize(touchpoint))));
    values.push_back(log::Frame(record.SerializeAsString()));
  }
  tenant.chain = log::ExtendChain("", values.data(), values.size());
  log::EventLogOptions options;
  options.directory = directory + "/log";
  auto log = log::EventLog::Open(std::move(options));
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_TRUE((*log)->Commit(group, values).ok());
  ASSERT_TRUE((*log)->Close().ok());
}

TEST(UpgradeTest, RebuiltViewsUnderstandWhatWasKept) {
  std::mt19937 random(TestSeed(20261122));
  const std::vector<v1::Touchpoint> history = RandomHistory(random, {});
  TempDir older_dir;
  WriteLog(older_dir.path(), history);
  auto upgraded = Engine::Open({older_dir.path()});
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();

  TempDir dir;
  auto engine = Engine::Open({dir.path()});
  ASSERT_TRUE(engine.ok()) << engine.status();
  ASSERT_TRUE((*engine)->Append(history).ok());
  EXPECT_EQ((*upgraded)->Digest(), (*engine)->Digest());
  // And what comes again is known.
  const auto repeat = (*upgraded)->Append({history.front()});
  ASSERT_TRUE(repeat.ok()) << repeat.status();
  EXPECT_TRUE(repeat->results(0).repeated());
}

}  // namespace
}  // namespace journey::testing
