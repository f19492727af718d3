#include "service/rpc/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "journey/v1/touchpoint_service.pb.h"
#include "service/core/limits.h"

namespace journey::rpc {
namespace {

using ::testing::HasSubstr;

grpc::ByteBuffer Bytes(const std::string& text) {
  grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

// A field of wire type 2 with a number below 16.
std::string Field(int number, const std::string& value) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  size_t length = value.size();
  for (; length >= 0x80; length >>= 7) {
    out += static_cast<char>(length | 0x80);
  }
  out += static_cast<char>(length);
  return out + value;
}

TEST(WireTest, MessageComesBack) {
  v1::AppendRequest request;
  request.set_tenant_id("acme");
  v1::AppendRequest parsed;
  ASSERT_TRUE(Parse(Serialize(request), &parsed).ok());
  EXPECT_EQ(parsed.tenant_id(), "acme");
}

TEST(WireTest, EmptyMessageComesBack) {
  v1::AppendRequest parsed;
  EXPECT_TRUE(Parse(Serialize(v1::AppendRequest()), &parsed).ok());
}

TEST(WireTest, BadBytesAreBlamedOnTheirField) {
  std::string deep;
  // attributes = 15 of a Touchpoint; then fields = 1, value = 2 and
  // struct_value = 5 again and again.
  for (int i = 0; i < 60; ++i) deep = Field(1, Field(2, Field(5, deep)));
  const struct {
    const char* desc;
    std::string bytes;
    const char* want;
  } cases[] = {
      {"text", Field(1, "\xff"), "tenant_id: "},
      {"text of the second touchpoint",
       Field(2, "") + Field(2, Field(1, "\xc0\x80")),
       "touchpoints[1].source: "},
      {"cut off",
       std::string("\x0a\x05"
                   "ab"),
       "request: "},
      {"cut off within",
       Field(2, std::string("\x0a\x05"
                            "ab")),
       "touchpoints[0]: "},
      {"no protobuf at all", std::string("\xff\xff\xff"), "request: "},
      {"too deep", Field(2, Field(15, deep)), "is nested too deeply"},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.desc);
    v1::AppendRequest parsed;
    const absl::Status status = Parse(Bytes(test.bytes), &parsed);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.want));
  }
}

TEST(WireTest, TooLargeMessageIsRefusedUnparsed) {
  v1::AppendRequest parsed;
  const absl::Status status =
      Parse(Bytes(std::string(core::kMessageBytesMax + 1, 'x')), &parsed);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("send at most"));
}

}  // namespace
}  // namespace journey::rpc
