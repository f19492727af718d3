// The API as another version of it has it: touchpoint.proto with some fields
// more or less.
#ifndef TESTS_SUPPORT_OTHER_VERSION_H_
#define TESTS_SUPPORT_OTHER_VERSION_H_

#include <functional>
#include <memory>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"

namespace journey::testing {

class OtherVersion {
 public:
  using Change = std::function<void(google::protobuf::FileDescriptorProto&)>;

  // `change` alters touchpoint.proto.
  explicit OtherVersion(const Change& change);

  // A touchpoint of this version, which must not outlive it, from text format
  // or from bytes. Both must be valid.
  [[nodiscard]] std::unique_ptr<google::protobuf::Message> FromText(
      const std::string& text);
  [[nodiscard]] std::unique_ptr<google::protobuf::Message> FromBytes(
      const std::string& bytes);

 private:
  [[nodiscard]] std::unique_ptr<google::protobuf::Message> New();

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_{&pool_};
};

// A message of touchpoint.proto.
google::protobuf::DescriptorProto& MessageOf(
    google::protobuf::FileDescriptorProto& file, const std::string& name);

// Adds what a newer version might have: a payload `handover` (field 60) with
// `to_owner`, and `Chat.language`.
void MakeNewer(google::protobuf::FileDescriptorProto& file);

// Text and bytes of a message, bytes deterministic.
[[nodiscard]] std::string TextOf(const google::protobuf::Message& message);
[[nodiscard]] std::string BytesOf(const google::protobuf::Message& message);

}  // namespace journey::testing

#endif  // TESTS_SUPPORT_OTHER_VERSION_H_
