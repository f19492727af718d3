// The bounds on the work of one query.
#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

class QueryLimitsTest : public ::testing::Test {
 protected:
  // Appends as many touchpoints as `make(index)` is asked for, in batches.
  template <typename Make>
  void Append(int count, const Make& make) {
    std::vector<v1::Touchpoint> batch;
    for (int i = 0; i < count; ++i) {
      batch.push_back(make(i));
      if (static_cast<int>(batch.size()) < core::kBatchTouchpointsMax &&
          i + 1 < count) {
        continue;
      }
      ASSERT_TRUE(engine_->Append(batch).ok());
      batch.clear();
    }
  }

  // Retracts the touchpoints "0", "1" and so on that are still to come.
  void RetractAhead(int count) {
    for (int begin = 0; begin < count; begin += core::kBatchTouchpointsMax) {
      const int end = std::min(count, begin + core::kBatchTouchpointsMax);
      log::Append append;
      append.tenant_id = Engine::kTenant;
      for (int i = begin; i < end; ++i) {
        auto retraction = std::make_shared<storage::v1::RetractionRecord>();
        retraction->set_source("test");
        retraction->set_touchpoint_id(absl::StrCat(i));
        append.retractions.push_back(std::move(retraction));
      }
      std::promise<absl::Status> answer;
      append.done = [&](const absl::StatusOr<v1::AppendResponse>& response) {
        answer.set_value(response.status());
      };
      engine_->writer().Submit(std::move(append));
      ASSERT_TRUE(answer.get_future().get().ok());
    }
  }

  TempDir dir_;
  const std::unique_ptr<Engine> engine_ = Engine::Open({dir_.path()}).value();
};

TEST_F(QueryLimitsTest, ListLooksAtSoManyEntriesAPage) {
  Append(core::kListEntriesScannedMax + 1, [](int i) {
    return Tp(absl::StrCat(i), "2025-01-01",
              absl::StrCat("contact_id: 'C", i, "' site_visit {}"));
  });
  v1::ListJourneysRequest request;
  request.set_tenant_id(Engine::kTenant);
  request.set_subject_type(v1::SUBJECT_TYPE_ACCOUNT);
  const auto first = engine_->views().ListJourneys(request, &absl::OkStatus);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->journeys_size(), 0);
  ASSERT_NE(first->next_page_token(), "");
  request.set_page_token(first->next_page_token());
  const auto second = engine_->views().ListJourneys(request, &absl::OkStatus);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->journeys_size(), 0);
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(QueryLimitsTest, SubjectNamedTwiceIsAnsweredTwice) {
  Append(1, [](int) {
    return Tp("1", "2025-01-01", "account_id: 'A' site_visit {}");
  });
  v1::BatchGetJourneysRequest request;
  request.set_tenant_id(Engine::kTenant);
  for (const char* id : {"A", "B", "A", "B"}) {
    request.add_subjects()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
    request.mutable_subjects()->rbegin()->set_id(id);
  }
  const auto answer =
      engine_->views().BatchGetJourneys(request, &absl::OkStatus);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->journeys_size(), 2);
  EXPECT_EQ(answer->journeys(0).SerializeAsString(),
            answer->journeys(1).SerializeAsString());
  ASSERT_EQ(answer->not_found_size(), 2);
  EXPECT_EQ(answer->not_found(1).id(), "B");
}

TEST_F(QueryLimitsTest, BatchWithTooManyBytesIsRefused) {
  std::string products;
  for (int i = 0; i < core::kDealProductsMax; ++i) {
    absl::StrAppend(&products, "products { product_id: '",
                    std::string(core::kIdBytesMax, 'x'), "' } ");
  }
  Append(50, [&](int i) {
    return Tp(absl::StrCat(i), "2025-01-01",
              absl::StrCat("account_id: 'A' deal_id: 'D", i,
                           "' deal { action: ACTION_OPENED ", products, "}"));
  });
  v1::BatchGetJourneysRequest request;
  request.set_tenant_id(Engine::kTenant);
  const auto ask = [&](int count) {
    request.clear_subjects();
    for (int i = 0; i < count; ++i) {
      request.add_subjects()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
      request.mutable_subjects(i)->set_id("A");
    }
    return engine_->views().BatchGetJourneys(request, &absl::OkStatus);
  };
  const auto two = ask(2);
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_GT(two->ByteSizeLong(), size_t{1} * 1024 * 1024);
  const absl::Status refused = ask(core::kBatchGetMax).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_QUERY_TOO_LARGE);
  EXPECT_EQ(refused.message(),
            "the answer would have more than 3145728 bytes; ask for fewer "
            "subjects at once");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(core::ToRpcStatus(refused).details(0).UnpackTo(&info));
  EXPECT_EQ(info.metadata().at("limit"), "batch_get_bytes_max");
  EXPECT_EQ(info.metadata().at("value"), "3145728");
  EXPECT_EQ(info.metadata().at("unit"), "bytes");
}

TEST_F(QueryLimitsTest, AnswerThatFoldsTooMuchIsRefused) {
  // So many that a batch of one journey again and again is just within the
  // bound. They are retracted before they come, which saves the test most of
  // the work; to be looked at is what counts.
  constexpr int kTouchpoints =
      static_cast<int>(core::kRefoldTouchpointsMax / core::kBatchGetMax);
  RetractAhead(kTouchpoints);
  Append(kTouchpoints, [](int i) {
    return Tp(absl::StrCat(i), "2025-01-01", "account_id: 'A' site_visit {}");
  });
  Append(1, [](int) {
    return Tp("later", "2025-01-03", "account_id: 'A' site_visit {}");
  });
  v1::BatchGetJourneysRequest request;
  request.set_tenant_id(Engine::kTenant);
  *request.mutable_as_of() = core::ToTimestamp(At("2025-01-02"));
  for (int i = 0; i < core::kBatchGetMax; ++i) {
    request.add_subjects()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
    request.mutable_subjects(i)->set_id("A");
  }
  EXPECT_TRUE(engine_->views().BatchGetJourneys(request, &absl::OkStatus).ok());
  Append(1, [](int) {
    return Tp("one more", "2025-01-01", "account_id: 'A' site_visit {}");
  });
  const auto refused =
      engine_->views().BatchGetJourneys(request, &absl::OkStatus).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_QUERY_TOO_LARGE);
}

}  // namespace
}  // namespace journey::testing
