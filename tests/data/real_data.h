// The public data sets and their independently computed answers.
#ifndef TESTS_DATA_REAL_DATA_H_
#define TESTS_DATA_REAL_DATA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace journey::testing {

// The folder of a data set: below $JOURNEY_REAL_DATA_DIR, else below
// ../shared/data beside the source tree. None, and a loud line, without it.
[[nodiscard]] std::optional<std::string> FindDataSet(const std::string& name);

// The answers in a data set's truth.json.
[[nodiscard]] google::protobuf::Struct LoadTruth(const std::string& folder);

// A member of a JSON object; ends the test where there is none.
[[nodiscard]] const google::protobuf::Value& At(
    const google::protobuf::Struct& object, const std::string& key);
[[nodiscard]] int64_t IntAt(const google::protobuf::Struct& object,
                            const std::string& key);
[[nodiscard]] const google::protobuf::Struct& ObjectAt(
    const google::protobuf::Struct& object, const std::string& key);

// "2017-04-01" as a day, or "2017-04" as the first day of the month.
[[nodiscard]] absl::CivilDay ParseDay(const std::string& text);

[[nodiscard]] google::protobuf::Timestamp MidnightOf(absl::CivilDay day);

// The last instant before the day: what is true "before D".
[[nodiscard]] google::protobuf::Timestamp JustBefore(absl::CivilDay day);

[[nodiscard]] int64_t MicrosOf(const google::protobuf::Timestamp& timestamp);

// "2017-04".
[[nodiscard]] std::string MonthOf(const google::protobuf::Timestamp& timestamp);

// SHA-256 in hex of the ids, sorted, one a line.
[[nodiscard]] std::string HashOfIds(std::vector<std::string> ids);

}  // namespace journey::testing

#endif  // TESTS_DATA_REAL_DATA_H_
