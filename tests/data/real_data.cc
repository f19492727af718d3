#include "tests/data/real_data.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {

std::optional<std::string> FindDataSet(const std::string& name) {
  const char* variable = std::getenv("JOURNEY_REAL_DATA_DIR");
  const std::string root = variable != nullptr ? std::string(variable)
                                               : JOURNEY_SOURCE_DIR
                               "/../shared/data";
  std::string folder = root + "/" + name;
  if (std::filesystem::exists(folder + "/truth.json")) return folder;
  std::cout << "******** NOT CHECKED AGAINST REAL DATA: there is no " << folder
            << " (set JOURNEY_REAL_DATA_DIR) ********" << std::endl;
  return std::nullopt;
}

google::protobuf::Struct LoadTruth(const std::string& folder) {
  google::protobuf::Struct truth;
  const auto status = google::protobuf::util::JsonStringToMessage(
      ReadFile(folder + "/truth.json"), &truth);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return truth;
}

const google::protobuf::Value& At(const google::protobuf::Struct& object,
                                  const std::string& key) {
  const auto found = object.fields().find(key);
  if (found == object.fields().end()) {
    std::cerr << "truth.json has no " << key << std::endl;
    std::abort();
  }
  return found->second;
}

int64_t IntAt(const google::protobuf::Struct& object, const std::string& key) {
  return static_cast<int64_t>(At(object, key).number_value());
}

const google::protobuf::Struct& ObjectAt(const google::protobuf::Struct& object,
                                         const std::string& key) {
  return At(object, key).struct_value();
}

absl::CivilDay ParseDay(const std::string& text) {
  absl::CivilDay day;
  EXPECT_TRUE(
      absl::ParseCivilTime(text.size() == 7 ? text + "-01" : text, &day))
      << text;
  return day;
}

google::protobuf::Timestamp MidnightOf(absl::CivilDay day) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(day, absl::UTCTimeZone())));
  return timestamp;
}

google::protobuf::Timestamp JustBefore(absl::CivilDay day) {
  google::protobuf::Timestamp timestamp = MidnightOf(day);
  timestamp.set_seconds(timestamp.seconds() - 1);
  timestamp.set_nanos(999'999'000);
  return timestamp;
}

int64_t MicrosOf(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() * 1'000'000 + timestamp.nanos() / 1'000;
}

std::string MonthOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FormatTime("%Y-%m", absl::FromUnixMicros(MicrosOf(timestamp)),
                          absl::UTCTimeZone());
}

std::string HashOfIds(std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  const std::string text = absl::StrJoin(ids, "\n");
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(), nullptr);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), length));
}

}  // namespace journey::testing
