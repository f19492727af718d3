// Real histories in any order of arrival give the same conclusions, and so
// does a rebuild: compared by the digest of all conclusions, in-process.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/data/real_data.h"
#include "tests/support/engine.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr size_t kBatch = 500;
constexpr int kShuffles = 2;

// What `journeyctl import --dry-run` prints.
std::string DryRun(const std::string& mapping, const std::string& csv) {
  const std::string command =
      absl::StrCat(JOURNEYCTL_PATH, " --tenant test import --dry-run --sql ",
                   JOURNEY_SOURCE_DIR, "/deploy/mappings/", mapping, " ", csv,
                   " 2>/dev/null");
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  char buffer[65536];
  while (const size_t bytes = fread(buffer, 1, sizeof(buffer), pipe)) {
    out.append(buffer, bytes);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return out;
}

std::vector<v1::Touchpoint> ParseLines(const std::string& lines) {
  std::vector<v1::Touchpoint> out;
  for (const absl::string_view line :
       absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    const auto status = google::protobuf::util::JsonStringToMessage(
        std::string(line), &out.emplace_back());
    EXPECT_TRUE(status.ok()) << line;
  }
  return out;
}

// Delivers everything in batches, the last of each twice.
std::string DigestOf(const std::vector<v1::Touchpoint>& touchpoints,
                     const std::string& rules_file,
                     const std::string& directory) {
  EngineOptions options;
  options.directory = directory;
  options.rules_file = rules_file;
  auto engine = Engine::Open(options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  for (size_t i = 0; i < touchpoints.size(); i += kBatch) {
    std::vector<v1::Touchpoint> batch(
        touchpoints.begin() + i,
        touchpoints.begin() + std::min(i + kBatch, touchpoints.size()));
    batch.push_back(batch.back());
    const auto response = (*engine)->Append(batch);
    EXPECT_TRUE(response.ok()) << response.status();
  }
  return (*engine)->Digest();
}

void ExpectOrderDoesNotMatter(std::vector<v1::Touchpoint> touchpoints,
                              const std::string& rules_file) {
  ASSERT_FALSE(touchpoints.empty());
  std::mt19937 random(TestSeed(20261122));
  TempDir dir;
  const std::string want = DigestOf(touchpoints, rules_file, dir.path());
  std::filesystem::remove_all(dir.Join("views"));
  EXPECT_EQ(DigestOf({}, rules_file, dir.path()), want) << "rebuilt";
  for (int i = 0; i < kShuffles; ++i) {
    std::shuffle(touchpoints.begin(), touchpoints.end(), random);
    TempDir other;
    EXPECT_EQ(DigestOf(touchpoints, rules_file, other.path()), want);
  }
}

TEST(RealOrderTest, CrmSales) {
  const auto folder = FindDataSet("crm_sales");
  if (!folder.has_value()) GTEST_SKIP() << "crm_sales is not there";
  ExpectOrderDoesNotMatter(
      ParseLines(DryRun("crm_sales.sql",
                        absl::StrCat(*folder, "/sales_pipeline.csv.gz"))),
      absl::StrCat(JOURNEY_SOURCE_DIR, "/deploy/rules/crm_sales.yaml"));
}

TEST(RealOrderTest, OnlineRetail) {
  const auto folder = FindDataSet("online_retail");
  if (!folder.has_value()) GTEST_SKIP() << "online_retail is not there";
  ExpectOrderDoesNotMatter(
      ParseLines(DryRun("online_retail.sql",
                        absl::StrCat(*folder, "/online_retail_by_day.csv.gz"))),
      absl::StrCat(JOURNEY_SOURCE_DIR, "/deploy/rules/online_retail.yaml"));
}

}  // namespace
}  // namespace journey::testing
