/**
 * The image sets this project reads, as data: which files, under which usual folders and names, from where, with
 * which digests, and how pixels are normalised.
 */

/** A file a reader wants. */
export interface CatalogFile {
  /** Usual names, without `.gz`. */
  readonly names: readonly string[];
  /** sha256 of the uncompressed content as published. */
  readonly sha256: string;
}

/** A file to fetch. */
export interface RemoteFile {
  readonly name: string;
  readonly bytes: number;
  /** Of the file as it is fetched; both are checked. md5 is what the publishers state. */
  readonly md5: string;
  readonly sha256: string;
}

/** A file of an archive, by its name without folders. */
export interface Member {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Remote {
  /** Where the files are, best first, each ending in a slash. */
  readonly bases: readonly string[];
  readonly files: readonly RemoteFile[];
  /** `files`: kept as they are. `tar.gz`: the one archive is checked, its members in `members` unpacked. */
  readonly packing: 'files' | 'tar.gz';
  readonly members: readonly Member[];
}

export interface ImageSet {
  readonly name: string;
  readonly title: string;
  readonly layout: 'idx' | 'cifar';
  /** Folders under the data directory, the set's own before the directory itself (''). */
  readonly folders: readonly string[];
  readonly shape: readonly [number, number, number];
  readonly classes: readonly string[];
  /** Per channel, of pixel/255 over the training images. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** idx: images, labels. cifar: the batches. */
  readonly train: readonly CatalogFile[];
  readonly test: readonly CatalogFile[];
  /** `checksumOf` the set as published. */
  readonly checksum: string;
  readonly remote: Remote;
}

function idxFile(prefix: 'train' | 't10k', kind: 'images-idx3' | 'labels-idx1', sha256: string): CatalogFile {
  return { names: [`${prefix}-${kind}-ubyte`, `${prefix}-${kind.replace('-', '.')}-ubyte`], sha256 };
}

/** Digests: the md5 sums are the publishers', the sha256 sums those of files with these md5 sums. */
export const MNIST: ImageSet = {
  name: 'mnist',
  title: 'MNIST handwritten digits',
  layout: 'idx',
  folders: ['mnist', 'mnist/raw', 'MNIST/raw', 'MNIST', ''],
  shape: [28, 28, 1],
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  mean: [0.13066],
  std: [0.30811],
  train: [
    idxFile('train', 'images-idx3', 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db'),
    idxFile('train', 'labels-idx1', '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5'),
  ],
  test: [
    idxFile('t10k', 'images-idx3', '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7'),
    idxFile('t10k', 'labels-idx1', 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2'),
  ],
  checksum: '52dd686ddea493472b6c0fa563c3c8f8c28c16009e38ac9d8578c850b84b3145',
  remote: {
    bases: [
      'https://ossci-datasets.s3.amazonaws.com/mnist/',
      'https://storage.googleapis.com/cvdf-datasets/mnist/',
      'http://yann.lecun.com/exdb/mnist/',
    ],
    files: [
      {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 9912422,
        md5: 'f68b3c2dcbeaaa9fbdd348bbdeb94873',
        sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      },
      {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 28881,
        md5: 'd53e105ee54ea40749a09fcbcd1e9432',
        sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      },
      {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 1648877,
        md5: '9fb629c4189551a2d022fa330f9573f3',
        sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      },
      {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 4542,
        md5: 'ec29112dd5afa0611ce80d1b7f02629c',
        sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      },
    ],
    packing: 'files',
    members: [],
  },
};

export const FASHION_MNIST: ImageSet = {
  name: 'fashion-mnist',
  title: 'Fashion-MNIST articles of clothing',
  layout: 'idx',
  folders: ['fashion-mnist', 'fashion', 'fashion-mnist/raw', 'FashionMNIST/raw', 'FashionMNIST', ''],
  shape: [28, 28, 1],
  classes: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  mean: [0.28604],
  std: [0.35302],
  train: [
    idxFile('train', 'images-idx3', 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888'),
    idxFile('train', 'labels-idx1', 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9'),
  ],
  test: [
    idxFile('t10k', 'images-idx3', '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b'),
    idxFile('t10k', 'labels-idx1', '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34'),
  ],
  checksum: '8922eb2ffaa2617fce2f8b3e70f42dec9301b07ccfc86053bbfacb6f2d34aed6',
  remote: {
    bases: [
      'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
      'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    ],
    files: [
      {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 26421880,
        md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
        sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      },
      {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 29515,
        md5: '25c81989df183df01b3e8a0aad5dffbe',
        sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      },
      {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 4422102,
        md5: 'bef4ecab320f06d8554ea6380940ec79',
        sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      },
      {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 5148,
        md5: 'bb300cfdad3c16e7a12a480ee83cd310',
        sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      },
    ],
    packing: 'files',
    members: [],
  },
};

const CIFAR_TRAIN: readonly CatalogFile[] = [
  'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
  'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
  '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
  '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
].map((sha256, i) => ({ names: [`data_batch_${i + 1}.bin`], sha256 }));

const CIFAR_TEST: CatalogFile = {
  names: ['test_batch.bin'],
  sha256: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
};

export const CIFAR_10: ImageSet = {
  name: 'cifar-10',
  title: 'CIFAR-10 colour photographs',
  layout: 'cifar',
  folders: [
    'cifar-10',
    'cifar10',
    'cifar-10-batches-bin',
    'cifar-10/cifar-10-batches-bin',
    'cifar10/cifar-10-batches-bin',
    'CIFAR10/cifar-10-batches-bin',
    'CIFAR10',
    '',
  ],
  shape: [32, 32, 3],
  classes: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  mean: [0.4914, 0.48216, 0.44653],
  std: [0.24703, 0.24349, 0.26159],
  train: CIFAR_TRAIN,
  test: [CIFAR_TEST],
  checksum: '129ab834a39a9fbc4ded9670502281355913c2f1af1a4438dd327b796e0c2af6',
  remote: {
    bases: [
      'https://www.cs.toronto.edu/~kriz/',
      'https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/',
    ],
    files: [
      {
        name: 'cifar-10-binary.tar.gz',
        bytes: 170052171,
        md5: 'c32a1d4ab5d03f1284b67883e8d87530',
        sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
      },
    ],
    packing: 'tar.gz',
    members: [
      ...[...CIFAR_TRAIN, CIFAR_TEST].map(({ names, sha256 }) => ({
        name: names[0]!,
        bytes: 30_730_000,
        sha256,
      })),
      {
        name: 'batches.meta.txt',
        bytes: 61,
        sha256: '558e74b5e208382e186da55784b4bac2cd52e558448e1b5800990fdb28ed8033',
      },
    ],
  },
};

export const IMAGE_SETS: readonly ImageSet[] = [MNIST, FASHION_MNIST, CIFAR_10];
