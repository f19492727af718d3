#include "cli/delivery/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "tests/cli/receiver.h"

namespace journey::testing {
namespace {

using cli::HttpAnswer;
using cli::HttpClient;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr absl::Duration kLong = absl::Seconds(30);

TEST(HttpClientTest, PostsBodyAndHeadersAndReturnsTheAnswer) {
  Receiver receiver;
  receiver.judge = [](const ReceivedRequest& /*request*/) {
    return ReceiverAnswer{503, "busy", {{"Retry-After", "120"}}};
  };
  HttpClient client(receiver.url(), kLong);
  const std::string body = std::string("{\"zero\":\"\0\"}", 12);
  const HttpAnswer answer = client.Post(body, {"Content-Type: application/x"});
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body_start, "busy");
  EXPECT_EQ(answer.retry_after, absl::Minutes(2));
  EXPECT_EQ(DescribeAnswer(answer), "HTTP 503: busy");
  ASSERT_THAT(receiver.requests(), SizeIs(1));
  EXPECT_EQ(receiver.requests()[0].body, body);
  EXPECT_EQ(receiver.requests()[0].content_type, "application/x");
}

TEST(HttpClientTest, NobodyThereIsNoAnswer) {
  const HttpAnswer answer = HttpClient(kUrlWithoutListener, kLong).Post("", {});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(DescribeAnswer(answer), HasSubstr("connect"));
}

TEST(HttpClientTest, AHostThatIsNotKnownIsNoAnswer) {
  const HttpAnswer answer =
      HttpClient("http://receiver.invalid/", kLong).Post("", {});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.error, Not(IsEmpty()));
}

TEST(HttpClientTest, AReceiverThatIsTooSlowIsNoAnswer) {
  std::promise<void> over;
  Receiver receiver;
  receiver.judge =
      [done = over.get_future().share()](const ReceivedRequest& /*request*/) {
        done.wait();
        return ReceiverAnswer();
      };
  HttpClient client(receiver.url(), absl::Milliseconds(50));
  const HttpAnswer answer = client.Post("", {});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.error, HasSubstr("timed out"));
  over.set_value();
}

TEST(HttpClientTest, ALongAnswerCountsByItsStatus) {
  Receiver receiver;
  receiver.judge = [](const ReceivedRequest& /*request*/) {
    return ReceiverAnswer{200, std::string(1'000'000, 'x'), {}};
  };
  HttpClient client(receiver.url(), kLong);
  const HttpAnswer answer = client.Post("", {});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body_start, SizeIs(256));
  // What was left unread does not get in the way of the next answer.
  EXPECT_EQ(client.Post("", {}).status, 200);
}

TEST(HttpClientTest, RedirectsAreNotFollowed) {
  Receiver other;
  Receiver receiver;
  receiver.judge = [&other](const ReceivedRequest& /*request*/) {
    return ReceiverAnswer{307, "", {{"Location", other.url()}}};
  };
  HttpClient client(receiver.url(), kLong);
  EXPECT_EQ(client.Post("", {}).status, 307);
  EXPECT_THAT(other.requests(), IsEmpty());
}

TEST(HttpClientTest, KnowsWhatIsAUrl) {
  for (const char* url :
       {"http://127.0.0.1:8080/", "https://example.com", "HTTPS://EXAMPLE.com",
        "https://[::1]:8443/signals?key=1"}) {
    EXPECT_TRUE(cli::CheckUrl(url).ok()) << url;
  }
  for (const char* url : {"", "example.com/signals", "ftp://example.com/",
                          "file:///etc/passwd", "http://", "https://a b/"}) {
    EXPECT_EQ(cli::ExitCodeOf(cli::CheckUrl(url)), cli::kExitUsage) << url;
  }
}

}  // namespace
}  // namespace journey::testing
