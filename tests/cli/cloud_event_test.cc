#include "cli/delivery/cloud_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/delivery/signature.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/cli/signal_events.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CloudEventTest, HasTheAttributesOfTheSpecificationAndTheEventAsData) {
  v1::SignalEvent event = SignalEventAt(17, "3f9a02c1");
  event.set_change(v1::SIGNAL_CHANGE_SNOOZE_ENDED);
  EXPECT_EQ(cli::CloudEventJson("acme", event),
            R"({"specversion":"1.0","id":"acme/17",)"
            R"("source":"/journey/acme/signals",)"
            R"("type":"journey.v1.signal.snooze_ended",)"
            R"("time":"2025-03-01T00:00:00Z","subject":"3f9a02c1",)"
            R"("datacontenttype":"application/json","data":{"position":"17",)"
            R"("change":"SIGNAL_CHANGE_SNOOZE_ENDED",)"
            R"("at":"2025-03-01T00:00:00Z","signal":{"signal_id":"3f9a02c1",)"
            R"("type":"SIGNAL_TYPE_DETRACTOR",)"
            R"("severity":"SIGNAL_SEVERITY_WARNING",)"
            R"("journey":{"type":"SUBJECT_TYPE_ACCOUNT","id":"acme"},)"
            R"("action":"Call the customer","in_force":true,"revision":1}}})");
}

TEST(CloudEventTest, IsJsonWhateverTheEventSays) {
  v1::SignalEvent event = SignalEventAt(1, "\"}\\\n\x01");
  event.mutable_signal()->set_action("\"quoted\" <b>&amp; \xE2\x80\xA8");
  google::protobuf::Value parsed;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  cli::CloudEventJson("acme", event), &parsed)
                  .ok());
  const auto& fields = parsed.struct_value().fields();
  EXPECT_EQ(fields.at("subject").string_value(), event.signal().signal_id());
  EXPECT_EQ(fields.at("data")
                .struct_value()
                .fields()
                .at("signal")
                .struct_value()
                .fields()
                .at("action")
                .string_value(),
            event.signal().action());
}

// Computed with Python's hmac module.
TEST(SignatureTest, IsTheHmacOfTimestampAndBody) {
  EXPECT_THAT(
      cli::SignatureHeaders("0123456789abcdef", 1740787200, "{\"a\":1}"),
      ElementsAre("X-Journey-Timestamp: 1740787200",
                  "X-Journey-Signature: sha256="
                  "34deccfe1c908a0705642b7a4e84286512729c9388f2c25ae572a8b5"
                  "8e3ca7c0"));
}

class SecretTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::string> Load(const std::string& content) {
    WriteFile(path_, content);
    return cli::LoadSecret(path_);
  }

  TempDir directory_;
  std::string path_ = directory_.Join("secret");
};

TEST_F(SecretTest, IsTheFileWithoutItsLastLineFeed) {
  EXPECT_EQ(Load("0123456789abcdef").value(), "0123456789abcdef");
  EXPECT_EQ(Load("0123456789abcdef\n").value(), "0123456789abcdef");
  EXPECT_EQ(Load("0123456789abcdef\r\n").value(), "0123456789abcdef");
  EXPECT_EQ(Load(" 123456789abcde \n\n").value(), " 123456789abcde \n");
}

TEST_F(SecretTest, OneThatCannotBeASecretIsRefused) {
  for (const std::string& content :
       {std::string(), std::string("short\n"), std::string(5000, 'x')}) {
    const auto secret = Load(content);
    EXPECT_EQ(cli::ExitCodeOf(secret.status()), cli::kExitUsage);
    EXPECT_THAT(std::string(secret.status().message()),
                HasSubstr("16 to 4096 bytes"));
  }
  EXPECT_THAT(
      std::string(cli::LoadSecret(directory_.Join("none")).status().message()),
      HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace journey::testing
