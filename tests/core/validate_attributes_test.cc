// The free attributes of a touchpoint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/core/validate.h"
#include "tests/core/samples.h"
#include "tests/core/violated_fields.h"

namespace journey::core {
namespace {

class ValidateAttributesTest : public ::testing::Test {
 protected:
  google::protobuf::Map<std::string, google::protobuf::Value>& fields() {
    return *touchpoint_.mutable_attributes()->mutable_fields();
  }

  [[nodiscard]] bool Accepted() const {
    const std::vector<std::string> refused =
        testing::ViolatedFields(ValidateAppend(
            testing::MakeAppend({touchpoint_}), testing::kNow, SenderClocks()));
    if (refused.empty()) return true;
    EXPECT_THAT(refused, ::testing::ElementsAre("touchpoints[0].attributes"));
    return false;
  }

  v1::Touchpoint touchpoint_ = testing::SampleOf("chat");
};

TEST_F(ValidateAttributesTest, AtMost64KeysOverAllLevels) {
  for (int i = 0; i < 63; ++i) {
    fields()[absl::StrCat("k", i)].set_number_value(i);
  }
  auto& inner = *fields()["k0"].mutable_struct_value()->mutable_fields();
  inner["a"].set_bool_value(true);
  EXPECT_TRUE(Accepted());
  inner["b"].set_bool_value(true);
  EXPECT_FALSE(Accepted());
}

TEST_F(ValidateAttributesTest, AtMost8LevelsOfStructsAndLists) {
  google::protobuf::Value* value = &fields()["k"];
  for (int level = 2; level <= kAttributeDepthMax; ++level) {
    value = level % 2 == 0
                ? value->mutable_list_value()->add_values()
                : &(*value->mutable_struct_value()->mutable_fields())["k"];
  }
  value->set_string_value("deep");
  EXPECT_TRUE(Accepted());
  value->mutable_list_value();
  EXPECT_FALSE(Accepted());
}

TEST_F(ValidateAttributesTest, AtMost16KiB) {
  google::protobuf::Value& value = fields()["k"];
  value.set_string_value(std::string(kAttributeBytesMax - 100, 'x'));
  const size_t rest =
      kAttributeBytesMax - touchpoint_.attributes().ByteSizeLong();
  value.mutable_string_value()->append(rest, 'x');
  ASSERT_EQ(touchpoint_.attributes().ByteSizeLong(), kAttributeBytesMax);
  EXPECT_TRUE(Accepted());
  value.mutable_string_value()->append(1, 'x');
  EXPECT_FALSE(Accepted());
}

TEST_F(ValidateAttributesTest, ValuesAreThoseOfJson) {
  google::protobuf::Value& value = fields()["k"];
  EXPECT_FALSE(Accepted()) << "no kind";
  value.set_null_value(google::protobuf::NULL_VALUE);
  EXPECT_TRUE(Accepted());
  value.set_number_value(std::nan(""));
  EXPECT_FALSE(Accepted());
  value.set_number_value(std::numeric_limits<double>::infinity());
  EXPECT_FALSE(Accepted());
  value.set_number_value(-0.5);
  EXPECT_TRUE(Accepted());
  value.set_string_value("\xFF");
  EXPECT_FALSE(Accepted());
  value.set_string_value("");
  EXPECT_TRUE(Accepted());
  fields()["\xFF"].set_bool_value(true);
  EXPECT_FALSE(Accepted());
}

}  // namespace
}  // namespace journey::core
